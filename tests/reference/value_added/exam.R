# The 65 schools of Exam: `Rscript exam.R <folder with Exam.csv> > exam.txt` in this folder (data: R's mlmRev).
# Each line: school, lme4's conditional mode and its sd, Henderson's prediction sd, pupils, mean residual, and the
# school score of England's contextual value added: n s2u / (n s2u + s2e) times the mean residual, with its sd.
suppressPackageStartupMessages(library(lme4))
exam <- read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "Exam.csv"))
exam$school <- factor(exam$school)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE)
fitted <- lmer(normexam ~ standLRT + (1 | school), data = exam, REML = TRUE, control = tight)
varying <- ranef(fitted, condVar = TRUE)$school
between <- as.numeric(VarCorr(fitted)$school)
within <- sigma(fitted)^2
x <- model.matrix(fitted)
z <- model.matrix(~ 0 + school, exam)
left <- rbind(cbind(t(x) %*% x, t(x) %*% z), cbind(t(z) %*% x, t(z) %*% z + diag(ncol(z)) * within / between))
ahead <- sqrt(diag(solve(left) * within)[-(1:2)])
residual <- exam$normexam - as.numeric(x %*% fixef(fitted))
n <- as.numeric(table(exam$school))
raw <- as.numeric(tapply(residual, exam$school, mean))
score <- n * between / (n * between + within) * raw
score_sd <- sqrt(between * within / (n * between + within))
cat("#", R.version.string, "lme4", as.character(packageVersion("lme4")), "\n")
cat("# variances", sprintf("%.14g", c(between, within)), "\n")
numbers <- cbind(varying[, 1], sqrt(attr(varying, "postVar")[1, 1, ]), ahead, n, raw, score, score_sd)
for (row in seq_along(n)) cat(levels(exam$school)[row], sprintf("%.12g", numbers[row, ]), "\n")
