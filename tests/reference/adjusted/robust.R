# Huber's robust regression (MASS) on made schools with outliers: the reference for the robust model.
# Run: Rscript robust.R > robust.txt
suppressMessages(library(MASS))
options(digits = 10)
j <- rep(1:40, each = 4)
i <- seq_along(j)
parents <- 50 + 20 * sin(j * 1.7)
girls <- 50 + 6 * cos(i * 2.3)
y <- 90 + 1.4 * parents + 0.5 * girls + 9 * sin(j * 3.1) + 6 * sin(i * 12.9898)
y[seq(1, 160, 13)] <- y[seq(1, 160, 13)] + 80
r <- rlm(y ~ parents + girls, psi = psi.huber, k = 1.345, scale.est = "MAD", maxit = 500, acc = 1e-12)
cat("huber:", coef(r), "\n")
