# The concentration index by covariance, by the convenient regression and by Erreygers, by base R only.
# Rscript tests/reference/concentration/concentration.R > tests/reference/concentration/concentration.txt
result <- c(180, 210, 195, 240, 220, 265, 230, 280, 250, 300, 275, 310)
background <- c(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3)
n <- length(result); rank <- (rank(background) - 0.5) / n
index <- 2 * sum((result - mean(result)) * (rank - mean(rank))) / n / mean(result)
spread <- sum((rank - mean(rank))^2) / n
regression <- coef(lm(2 * spread * result / mean(result) ~ rank))[[2]]
erreygers <- 8 * sum((result - mean(result)) * (rank - mean(rank))) / n / 340
cat(sprintf("index %.8f\nregression %.8f\nerreygers %.8f\n", index, regression, erreygers))
