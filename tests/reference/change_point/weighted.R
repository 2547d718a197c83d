# Weighted Chow statistics of a change in level: eleven years of unequal weight, every break with two years on each side.
y <- c(48.2, 50.1, 49.5, 47.9, 50.3, 53.8, 52.9, 54.4, 53.1, 55.0, 52.7)
w <- c(1.2, 0.4, 2.0, 1.1, 0.8, 0.5, 1.9, 1.4, 0.7, 2.2, 1.0)
n <- length(y)
rss <- function(from, to) sum(weights(fit <- lm(y[from:to] ~ 1, weights = w[from:to])) * residuals(fit)^2)
whole <- rss(1, n)
f <- sapply(2:(n - 2), function(last) {
  apart <- rss(1, last) + rss(last + 1, n)
  (whole - apart) / (apart / (n - 2))
})
cat(sprintf("sup F %.7f after point %d\n", max(f), which.max(f) + 1))
# the p-value: how often a million series that did not change reach it
set.seed(1)
draws <- 1e6
z <- matrix(rnorm(draws * n), n) / sqrt(w)
centred <- sweep(z, 2, colSums(w * z) / sum(w))
all <- colSums(w * centred^2)
reached <- rep(FALSE, draws)
for (last in 2:(n - 2)) {
  before <- sum(w[1:last])
  moved <- colSums((w * centred)[1:last, , drop = FALSE])
  gain <- moved^2 * sum(w) / (before * (sum(w) - before))
  reached <- reached | gain / ((all - gain) / (n - 2)) >= max(f)
}
cat(sprintf("p %.5f\n", mean(reached)))
