# Welch's test, Wilson's interval, a t interval and the one-factor omega in base R; the output is survey.txt.
part <- c(10, 8.3, 6.7, 9.2, 7.5, 10, 5, 8.3, 9.2, 7.5)
others <- c(6.7, 5, 3.3, 8.3, 7.5, 6.7, 4.2, 5.8, 10, 2.5, 6.7, 5, 7.5)
welch <- t.test(part, others)
cat("welch", sprintf("%.10f", c(welch$statistic, welch$parameter, welch$stderr)), "\n")
cat("t interval of part", sprintf("%.10f", t.test(part)$conf.int), "\n")
cat("wilson 7 of 10", sprintf("%.10f", prop.test(7, 10, correct = FALSE)$conf.int), "\n")
fit <- factanal(attitude, 1)
sd <- sapply(attitude, sd)
loading <- fit$loadings[, 1] * sd
cat("omega of attitude", sprintf("%.6f", sum(loading)^2 / (sum(loading)^2 + sum(fit$uniquenesses * sd^2))), "\n")
cat(R.version.string, "\n")
