# The Nile at Aswan 1871-1970: sup-F of a change in level, and its year (strucchange).
library(strucchange)
statistics <- Fstats(Nile ~ 1)
print(max(statistics$Fstats), digits = 7)  # 75.92977
print(breakdates(breakpoints(statistics)))  # 1898
