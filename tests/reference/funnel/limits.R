# Funnel limits in base R: exact binomial with interpolation between counts (Spiegelhalter 2005, appendix A.1.1),
# normal for means, and beta quantiles with mean p and variance p(1-p)/n + tau2, half a pupil further out.
# Run: Rscript limits.R > limits.txt
low <- function(p, n, tail) {
  r <- qbinom(tail, n, p)
  max((r - (pbinom(r, n, p) - tail) / dbinom(r, n, p)) / n, 0)
}
cat("kind p n tau2 low95 high95 low998 high998\n")
show <- function(kind, p, n, tau2, ends) cat(kind, p, n, tau2, sprintf("%.10f", ends), "\n")
for (p in c(0.05, 0.3, 0.86)) for (n in c(8, 35, 240)) {
  show("exact", p, n, 0, c(low(p, n, 0.025), 1 - low(1 - p, n, 0.025), low(p, n, 0.001), 1 - low(1 - p, n, 0.001)))
  tau2 <- 0.004
  nu <- p * (1 - p) / (p * (1 - p) / n + tau2) - 1
  q <- qbeta(c(0.025, 0.975, 0.001, 0.999), nu * p, nu * (1 - p)) + c(-1, 1, -1, 1) / (2 * n)
  show("beta", p, n, tau2, pmin(pmax(q, 0), 1))
}
for (n in c(8, 35, 240)) for (tau2 in c(0, 100)) {
  show("mean", 220, n, tau2, 220 + qnorm(c(0.025, 0.975, 0.001, 0.999)) * sqrt(60^2 / n + tau2))
}
