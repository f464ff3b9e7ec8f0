# The calls of R's survival: Rscript others_call.R TABLE. Each line of input names a call; its
# numbers are written beside the table, its seconds printed.
suppressMessages(library(survival))

path <- commandArgs(TRUE)[1]
table <- read.csv(path)
if ("group" %in% names(table)) table <- transform(table, group = factor(group), cause = factor(cause))
horizon <- 30

# Days are whole: nothing has to be looked for that is a tie but for rounding.
curves <- function(formula) survfit(formula, table, conf.type = "log-log", timefix = FALSE)
code <- function(strata) as.integer(sub("group=", "", strata))

calls <- list(
  kaplan_meier = function() curves(Surv(day, answered) ~ group),
  restricted_mean = function() summary(curves(Surv(day, answered) ~ group), rmean = horizon)$table,
  aalen_johansen = function() curves(Surv(day, cause) ~ group),
  cox = function() {
    coxph(Surv(start, stop, event) ~ exposed, table, ties = "breslow", y = FALSE,
      control = coxph.control(timefix = FALSE))
  }
)

numbers <- list(
  kaplan_meier = function(fit) {
    with(summary(fit), data.frame(group = code(strata), day = time, estimate = surv,
      std_error = std.err, conf_low = lower, conf_high = upper))
  },
  restricted_mean = function(means) {
    data.frame(group = code(rownames(means)), estimate = means[, "rmean"],
      std_error = means[, "se(rmean)"])
  },
  aalen_johansen = function(fit) {
    s <- summary(fit)
    one <- function(k) {
      data.frame(group = code(s$strata), cause = k, day = s$time, estimate = s$pstate[, k + 1],
        std_error = s$std.err[, k + 1], conf_low = s$lower[, k + 1], conf_high = s$upper[, k + 1])
    }
    subset(do.call(rbind, lapply(1:3, one)), estimate > 0)
  },
  cox = function(fit) data.frame(coef = coef(fit), std_error = sqrt(diag(vcov(fit))))
)

input <- file("stdin", "r")
while (length(name <- readLines(input, 1))) {
  invisible(gc()) # what the call before left behind is not this one's
  started <- Sys.time()
  result <- calls[[name]]()
  seconds <- as.numeric(Sys.time() - started, units = "secs")
  write.csv(numbers[[name]](result), file.path(dirname(path), "numbers.csv"), row.names = FALSE)
  cat(seconds, "\n")
  flush(stdout())
}
