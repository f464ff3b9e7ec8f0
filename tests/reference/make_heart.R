# Remakes heart.json: what R's survival package says of the Stanford heart transplants.
#   Rscript tests/reference/make_heart.R > tests/reference/heart.json
suppressMessages(library(survival))
num <- function(x) paste0("[", paste(formatC(as.numeric(x), digits = 17, format = "g", width = 1), collapse = ", "), "]")
row <- function(name, ...) {
  parts <- list(...)
  fields <- sapply(names(parts), function(n) sprintf('"%s": %s', n, num(parts[[n]])))
  sprintf('  "%s": {%s}', name, paste(fields, collapse = ", "))
}
exactly <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
cox <- function(name, formula, data, ties) {
  fit <- coxph(formula, data = data, ties = ties, control = exactly)
  row(name, coef = coef(fit), std_error = sqrt(diag(vcov(fit))))
}
out <- c()

# heart: one row per patient and state, in days since acceptance; jasa: one row per patient.
last <- heart[!duplicated(heart$id, fromLast = TRUE), ]
for (ties in c("breslow", "efron")) {
  moving <- Surv(start, stop, event) ~ transplant
  out <- c(out,
    cox(paste0("cox_", ties), moving, heart, ties),
    # transplant, age, surgery, year
    cox(paste0("cox_adjusted_", ties), update(moving, . ~ . + age + surgery + year), heart, ties),
    cox(paste0("cox_naive_", ties), Surv(stop, event) ~ transplant, last, ties))
}

at <- c(30, 100, 365, 1000)
both <- survfit(Surv(start, stop, event) ~ transplant, data = heart, conf.type = "log-log")
for (k in 1:2) {
  s <- summary(both[k], times = at)
  out <- c(out, row(paste0("simon_makuch_", k - 1), day = at, n_risk = s$n.risk, estimate = s$surv,
    std_error = s$std.err, conf_low = s$lower, conf_high = s$upper))
}
# As if those who ever had a transplant had had it from the start.
ever <- survfit(Surv(stop, event) ~ transplant, data = last)
for (k in 1:2) out <- c(out, row(paste0("naive_", k - 1), day = at, estimate = summary(ever[k], times = at)$surv))
# The score test of the exact partial likelihood is the log-rank test with the variance of Mantel.
exact <- coxph(Surv(start, stop, event) ~ transplant, data = heart, ties = "exact")
out <- c(out, row("mantel_byar", chi2 = exact$score))

for (k in c(14, 30)) {
  open <- jasa[jasa$futime > k, ]
  open$already <- !is.na(open$wait.time) & open$wait.time <= k
  fit <- coxph(Surv(futime, fustat) ~ already, data = open, control = exactly)
  s <- summary(survfit(Surv(futime, fustat) ~ already, data = open), times = 365)
  out <- c(out, row(paste0("landmark_", k), n_open = nrow(open), n_followed_up = sum(open$already),
    coef = coef(fit), std_error = sqrt(vcov(fit)),
    chi2 = survdiff(Surv(futime, fustat) ~ already, data = open)$chisq, alive_at_365 = s$surv))
}
cat("{\n", paste(out, collapse = ",\n"), "\n}\n", sep = "")
