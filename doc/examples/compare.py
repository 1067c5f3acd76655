#!/usr/bin/env python3
"""Compare two cells of a run again, from samples.csv alone.

    python3 compare.py RUN CELL_A CELL_B

prints the speed of A divided by that of B, with the interval of 95 %. It shares
no code with ipcopy and needs no library, so it also checks ipcopy's arithmetic:
`ipcopy verdict RUN --format csv` must say the same of A and B, if it compares
them and the plan's level is 0.95. doc/METHOD has the reasons.
"""
import csv
import math
import statistics
import sys

# The coin of a bet is split among five bettors: (stake, part of the coin).
BETTORS = [(1, 0.45), (0.8, 0.3), (0.5, 0.2), (0.2, 0.035), (0.05, 0.015)]


def read_speeds(run, cells):
    """Speeds of the good timed transfers, by cell, generation and round."""
    speeds = {cell: {} for cell in cells}
    with open(run + "/samples.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            if (row["cell"] not in speeds or row["status"] != "ok"
                    or row["phase"] != "timed"):
                continue
            trips = row["cell"].split("|")[1] == "pingpong"
            done = float(row["messages"] if trips else row["bytes"])
            rounds = speeds[row["cell"]].setdefault(int(row["generation"]), {})
            rounds[int(row["round"])] = done / float(row["wall_ns"])
    return speeds


def log_ratios(a, b):
    """For each generation with three rounds of both: their median log(a / b)."""
    values = []
    for generation in sorted(a.keys() & b.keys()):
        x, y = a[generation], b[generation]
        rounds = [math.log(x[r] / y[r]) for r in x.keys() & y.keys()]
        if len(rounds) >= 3:
            values.append(statistics.median(rounds))
    return values


def is_rejected(won, lost, level=0.05):
    """True if a bet against a median, with this result, rejects it."""
    wealth = sum(coin * (1 + stake) ** won * (1 - stake) ** lost
                 for stake, coin in BETTORS)
    return 1 / wealth <= level / 2


def interval(values):
    """The ends of the medians that neither of the two bets rejects."""
    n = len(values)
    if not is_rejected(n, 0):
        return -math.inf, math.inf

    def is_too_high(m):
        below = sum(v < m for v in values)
        return is_rejected(below, n - below)

    def is_too_low(m):
        above = sum(v > m for v in values)
        return is_rejected(above, n - above)

    return (min(v for v in values if not is_too_low(v)),
            max(v for v in values if not is_too_high(v)))


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: compare.py RUN CELL_A CELL_B; "
                 "RUN/manifest.json has the names of cells")
    run, a, b = sys.argv[1:]
    speeds = read_speeds(run, (a, b))
    values = log_ratios(speeds[a], speeds[b])
    if not values:
        sys.exit("no generation has three rounds of both cells")
    low, high = interval(values)
    print(f"ratio {math.exp(statistics.median(values)):.6g} "
          f"low {math.exp(low):.6g} high {math.exp(high):.6g} "
          f"generations {len(values)}")


main()
