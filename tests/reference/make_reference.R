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

# The spread over clusters, from what each interview does to a curve (influence), summed by cluster.
# For curves of several states survfit(cluster =) of survival 3.5-3 gives another number, which
# neither its own influence nor a small change of the weights confirms.
spread <- function(influence, cluster) sqrt(colSums(rowsum(influence, cluster)^2))
eyes <- survfit(Surv(time, status) ~ 1, data = kidney, cluster = id, robust = TRUE, influence = TRUE)
at <- c(10, 30, 150, 402)
s <- summary(eyes, times = at)
out <- c(out, row("clusters_waiting", day = at, estimate = s$surv, std_error = s$std.err))
before <- eyes$time < 402
lasts <- diff(c(eyes$time[before], 402))
out <- c(out, row("clusters_mean", estimate = eyes$time[1] + sum(eyes$surv[before] * lasts),
  std_error = sqrt(sum((eyes$influence.surv[, before] %*% lasts)^2))))
m$cluster <- seq_len(nrow(m)) %% 40
at <- c(12, 60, 120)
for (who in c("F", "M")) {
  d <- m[m$sex == who, ]
  fit <- survfit(Surv(time, state) ~ 1, data = d, influence = TRUE)
  # The first of the times is the start.
  each <- sapply(findInterval(at, fit$time) + 1, function(k) spread(fit$influence.pstate[, k, ], d$cluster))
  out <- c(out, row(paste0("clusters_incidence_", who), day = at, silent = each[1, ], yes = each[2, ], no = each[3, ]))
}
heart$cluster <- heart$id %% 25
moving <- survfit(Surv(start, stop, event) ~ transplant, data = heart, cluster = cluster, robust = TRUE)
at <- c(30, 100, 365)
for (k in 1:2) out <- c(out, row(paste0("clusters_moving_", k - 1), day = at, std_error = summary(moving[k], times = at)$std.err))
score <- coxph(Surv(start, stop, event) ~ transplant, data = heart, cluster = cluster, ties = "breslow",
  init = 0, control = coxph.control(iter.max = 0))
out <- c(out, row("clusters_mantel_byar", chi2 = score$rscore))
cat("{\n", paste(out, collapse = ",\n"), "\n}\n", sep = "")
