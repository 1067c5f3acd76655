# Compares two cells of a run again, from samples.csv alone.
#
#     Rscript compare.R RUN CELL_A CELL_B
#
# It prints the speed of A divided by that of B, with the interval of 95 %. Base
# R is enough. `ipcopy verdict RUN --format csv` must say the same of A and B, if
# it compares them and the plan's level is 0.95. doc/METHOD has the reasons.

stakes <- c(1, 0.8, 0.5, 0.2, 0.05)
coins <- c(0.45, 0.3, 0.2, 0.035, 0.015)

# True if a bet against a median, with this result, rejects it.
is_rejected <- function(won, lost, level = 0.05) {
  wealth <- sum(coins * (1 + stakes)^won * (1 - stakes)^lost)
  1 / wealth <= level / 2
}

# The ends of the medians that neither of the two bets rejects.
interval <- function(d) {
  n <- length(d)
  if (!is_rejected(n, 0)) return(c(-Inf, Inf))
  too_high <- sapply(d, function(m) is_rejected(sum(d < m), n - sum(d < m)))
  too_low <- sapply(d, function(m) is_rejected(sum(d > m), n - sum(d > m)))
  c(min(d[!too_low]), max(d[!too_high]))
}

words <- commandArgs(trailingOnly = TRUE)
if (length(words) != 3)
  stop("usage: compare.R RUN CELL_A CELL_B; RUN/manifest.json has the names")
samples <- read.csv(file.path(words[1], "samples.csv"))
samples <- samples[samples$status == "ok" & samples$phase == "timed", ]
trips <- sapply(strsplit(samples$cell, "|", fixed = TRUE), `[`, 2) == "pingpong"
samples$speed <- ifelse(trips, samples$messages, samples$bytes) / samples$wall_ns
keys <- c("generation", "round")
a <- samples[samples$cell == words[2], c(keys, "speed")]
b <- samples[samples$cell == words[3], c(keys, "speed")]
both <- merge(a, b, by = keys)
both$ratio <- log(both$speed.x / both$speed.y)
# One value for each generation: the median over the rounds that both cells have.
# A generation with fewer than three such rounds has no value.
rounds <- table(both$generation)
d <- tapply(both$ratio, both$generation, median)[rounds >= 3]
if (length(d) == 0) stop("no generation has three rounds of both cells")
ends <- interval(d)
cat(sprintf("ratio %.6g low %.6g high %.6g generations %d\n",
            exp(median(d)), exp(ends[1]), exp(ends[2]), length(d)))
