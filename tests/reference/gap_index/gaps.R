# Gaps between two groups and the variance between schools, by base R only.
# Rscript tests/reference/gap_index/gaps.R > tests/reference/gap_index/gaps.txt
girls <- c(230, 245, 210, 260, 275, 240, 255, 225, 280, 265, 250, 235)
boys <- c(205, 240, 190, 225, 215, 250, 180, 230, 220, 235)
welch <- t.test(girls, boys)
cat(sprintf("welch %.6f %.6f %.6f %.8f\n", welch$parameter, welch$conf.int[1], welch$conf.int[2], welch$p.value))
auc <- unname(wilcox.test(girls, boys, exact = FALSE)$statistic) / (length(girls) * length(boys))
cat(sprintf("gap_index %.6f\n", 20 * (auc - 0.5)))
# Fieller's ends by his quadratic, with Welch's degrees of freedom
v1 <- var(girls) / length(girls); v2 <- var(boys) / length(boys); q <- qt(0.975, welch$parameter)^2
m1 <- mean(girls); m2 <- mean(boys)
ends <- sort(Re(polyroot(c(m1^2 - q * v1, -2 * m1 * m2, m2^2 - q * v2))))
cat(sprintf("fieller %.6f %.6f\n", ends[1], ends[2]))
# the gap by year and its weighted line
gap <- c(24, 19, 21, 15, 12, 13); variance <- c(9, 4, 6, 5, 9, 4)
line <- lm(gap ~ year, data.frame(gap = gap, year = 2018:2023), weights = 1 / variance)
cat(sprintf("slope %.6f %.6f\n", coef(line)[2], sqrt(vcov(line)[2, 2]) / min(1, summary(line)$sigma)))
# one-way random model, equal schools: exact interval of the share between schools
value <- c(12, 15, 11, 14, 18, 21, 17, 20, 9, 13, 8, 12, 16, 19, 14, 18, 11, 10, 15, 12)
school <- factor(rep(1:5, each = 4)); table <- anova(lm(value ~ school)); f <- table$`F value`[1]
share <- function(p) { r <- f / qf(p, 4, 15); (r - 1) / (4 + r - 1) }
cat(sprintf("share %.6f %.6f %.6f\n", (f - 1) / (f + 3), share(0.975), share(0.025)))
