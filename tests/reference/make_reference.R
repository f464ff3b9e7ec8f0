# Remakes reference.json: the numbers of R's survival package that the tests hold ours against.
#   Rscript tests/reference/make_reference.R > tests/reference/reference.json
suppressMessages(library(survival))
num <- function(x) paste0("[", paste(formatC(x, digits = 17, format = "g", width = 1), collapse = ", "), "]")
row <- function(name, ...) {
  parts <- list(...)
  fields <- sapply(names(parts), function(n) sprintf('"%s": %s', n, num(parts[[n]])))
  sprintf('  "%s": {%s}', name, paste(fields, collapse = ", "))
}
out <- c()

m <- mgus2
m$time <- with(m, ifelse(pstat == 1, ptime, futime))
m$state <- with(m, factor(ifelse(pstat == 1, 1, ifelse(death == 1, 2, 0)), 0:2, c("censor", "pcm", "death")))
at <- c(0, 12, 60, 120, 240)
for (who in c("all", "F", "M")) {
  d <- if (who == "all") m else m[m$sex == who, ]
  fit <- summary(survfit(Surv(time, state) ~ 1, data = d), times = at)
  out <- c(out, row(paste0("mgus2_incidence_", who), day = at,
    yes = fit$pstate[, 2], yes_se = fit$std.err[, 2], no = fit$pstate[, 3], no_se = fit$std.err[, 3],
    silent = fit$pstate[, 1], silent_se = fit$std.err[, 1]))
  # Both answers together, limits on the log(-log) scale.
  km <- survfit(Surv(time, state != "censor") ~ 1, data = d, conf.type = "log-log")
  s <- summary(km, times = at[-1])
  out <- c(out, row(paste0("mgus2_waiting_", who), day = at[-1], n_risk = s$n.risk, estimate = s$surv,
    std_error = s$std.err, conf_low = s$lower, conf_high = s$upper))
  for (h in c(30, 240)) {
    mean <- summary(km, rmean = h)$table
    out <- c(out, row(paste0("mgus2_mean_", who, "_", h), estimate = mean["rmean"], std_error = mean["se(rmean)"]))
  }
  dead <- survfit(Surv(futime, death) ~ 1, data = d)
  mean <- summary(dead, rmean = 240)$table
  out <- c(out, row(paste0("mgus2_death_mean_", who), estimate = mean["rmean"], std_error = mean["se(rmean)"]))
}

# The naive curves of the Stanford heart data: by whether a transplant ever came.
j <- jasa
j$days <- pmax(as.numeric(j$fu.date - j$accept.dt), 0)
for (k in 0:1) {
  s <- summary(survfit(Surv(days, fustat) ~ 1, data = j[j$transplant == k, ]), times = c(30, 100, 365, 1000))
  out <- c(out, row(paste0("heart_naive_", k), day = s$time, estimate = s$surv, std_error = s$std.err))
}
cat("{\n", paste(out, collapse = ",\n"), "\n}\n", sep = "")
