# One fit by lme4 of the data in a folder: prints seconds, deviance and peak memory in megabytes.
suppressPackageStartupMessages(library(lme4))
asked <- commandArgs(trailingOnly = TRUE)
count <- as.integer(asked[2])
read <- function(name) readBin(file.path(asked[1], paste0(name, ".bin")), "double", count)
data <- data.frame(y = read("y"), x = read("x"), school = factor(read("school")))
formula <- if (asked[3] == "slope") y ~ x + (x | school) else y ~ x + (1 | school)
taken <- system.time(fitted <- lmer(formula, data, control = lmerControl(calc.derivs = FALSE)))[["elapsed"]]
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(sprintf("%.6f %.6f %.1f %s", taken, REMLcrit(fitted), peak, as.character(packageVersion("lme4"))))
