# The made-up data of the reference: `Rscript make_data.R` in this folder writes the three files anew.
written <- function(data, file) write.csv(data, file, row.names = FALSE, quote = FALSE)
numbered <- function(prefix, codes) sprintf("%s%02d", prefix, codes)

set.seed(20) # 14 schools of 3 to 12 pupils, intercept and slope vary: small enough for the degrees of freedom to matter
sizes <- sample(3:12, 14, replace = TRUE)
school <- rep(seq_along(sizes), sizes)
x <- round(rnorm(length(school), 50, 10), 2)
share <- round(runif(14), 3)[school]
u0 <- rnorm(14, 0, 9)[school]
u1 <- rnorm(14, 0, 0.5)[school]
y <- round(100 + 1.4 * x + 12 * share + u0 + u1 * (x - 50) + rnorm(length(x), 0, 8), 3)
written(data.frame(school = numbered("s", school), x, share, y), "small.csv")

set.seed(21) # 10 municipalities of 2 to 6 schools of 4 to 15 pupils
schools <- sample(2:6, 10, replace = TRUE)
place <- rep(seq_along(schools), schools)
sizes <- sample(4:15, length(place), replace = TRUE)
school <- rep(seq_along(place), sizes)
x <- round(rnorm(length(school)), 3)
y <- round(50 + 3 * x + rnorm(10, 0, 4)[place[school]] + rnorm(length(place), 0, 3)[school] + rnorm(length(x), 0, 6), 3)
written(data.frame(place = numbered("m", place[school]), school = numbered("s", school), x, y), "nested.csv")

set.seed(25) # 12 schools of 25 pupils that do not differ at all: the estimate lies on the boundary
school <- rep(1:12, each = 25)
x <- round(rnorm(300), 3)
y <- round(200 + 8 * x + rnorm(300, 0, 30), 3)
written(data.frame(school = numbered("s", school), x, y), "alike.csv")
