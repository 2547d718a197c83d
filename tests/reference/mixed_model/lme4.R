# Reference numbers: `Rscript lme4.R <folder with Exam.csv, Hsb82.csv and Chem97.csv> > lme4.txt` in this folder.
# The three files are the data sets of that name in R's mlmRev. Each line of the output: model, quantity, values.
suppressPackageStartupMessages({library(lme4); library(lmerTest)})
folder <- commandArgs(trailingOnly = TRUE)[1]
public <- function(name) read.csv(file.path(folder, paste0(name, ".csv")))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), calc.derivs = FALSE)

line <- function(model, quantity, values)
  cat(model, quantity, paste(sprintf("%.14g", values), collapse = " "), sep = "\t", fill = FALSE, "\n")

report <- function(model, formula, data, reml) {
  fitted <- lmerTest::lmer(formula, data = data, REML = reml, control = tight)
  line(model, "fixed", fixef(fitted))
  line(model, "se", sqrt(diag(as.matrix(vcov(fitted)))))
  line(model, "df", suppressMessages(coef(summary(fitted, ddf = "Satterthwaite"))[, "df"]))
  varying <- ranef(fitted, condVar = TRUE)
  for (name in names(VarCorr(fitted))) {
    line(model, paste0("variances:", name), as.vector(VarCorr(fitted)[[name]]))
    first <- sort(rownames(varying[[name]]))[1]
    place <- match(first, rownames(varying[[name]]))
    line(model, paste0("effect:", name, ":", first), unlist(varying[[name]][place, ]))
    line(model, paste0("effect_sd:", name, ":", first), sqrt(diag(as.matrix(attr(varying[[name]], "postVar")[, , place]))))
  }
  line(model, "residual", sigma(fitted)^2)
  line(model, "deviance", -2 * as.numeric(logLik(fitted)))
}

cat("#", R.version.string, "lme4", as.character(packageVersion("lme4")),
    "lmerTest", as.character(packageVersion("lmerTest")), "\n")
exam <- public("Exam")
report("exam_null_ml", normexam ~ 1 + (1 | school), exam, FALSE)
report("exam_ml", normexam ~ standLRT + (1 | school), exam, FALSE)
report("exam_reml", normexam ~ standLRT + (1 | school), exam, TRUE)
report("exam_slope_reml", normexam ~ standLRT + (standLRT | school), exam, TRUE)
report("exam_slope_ml", normexam ~ standLRT + (standLRT | school), exam, FALSE)
report("hsb_null_reml", mAch ~ 1 + (1 | school), public("Hsb82"), TRUE)
report("hsb_two_slopes_reml", mAch ~ cses + meanses + (cses + ses | school), public("Hsb82"), TRUE)
report("chem_null_reml", score ~ 1 + (1 | lea) + (1 | school), public("Chem97"), TRUE)
report("chem_reml", score ~ gcsecnt + age + (1 | lea) + (1 | school), public("Chem97"), TRUE)
small <- read.csv("small.csv")
report("small_reml", y ~ x + share + (1 | school), small, TRUE)
report("small_ml", y ~ x + share + (1 | school), small, FALSE)
report("small_slope_reml", y ~ x + share + (x | school), small, TRUE)
nested <- read.csv("nested.csv")
report("nested_reml", y ~ x + (1 | place) + (1 | school), nested, TRUE)
report("nested_ml", y ~ x + (1 | place) + (1 | school), nested, FALSE)
report("alike_reml", y ~ x + (1 | school), read.csv("alike.csv"), TRUE)
report("alike_slope_reml", y ~ x + (x | school), read.csv("alike.csv"), TRUE)
