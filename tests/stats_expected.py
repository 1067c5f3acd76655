#!/usr/bin/env python3
"""Prints known answers for tests/stats_known.c, by SciPy and by brute force.

    python3 tests/stats_expected.py > tests/stats_expected.h

Needs python3-numpy and python3-scipy (made with NumPy 1.24 and SciPy 1.10).
SciPy computes what it can. The other answers follow from definitions, in
another way than in src/stats.
"""
import itertools

import numpy as np
from scipy import stats

rng = np.random.default_rng(20260117)


def put(name, values):
    values = np.atleast_1d(np.asarray(values, dtype=float))
    words = ", ".join(repr(float(v)) for v in values)
    print(f"static const double {name}[] = {{ {words} }};")


def samples(n, scale=1.0):
    return np.round(scale * np.exp(rng.normal(0, 0.1, n)), 6)


def describe(x):
    put("odd", x)
    put("odd_quantiles", np.quantile(x, [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]))
    put("odd_mean", np.mean(x))
    centred = x - np.mean(x)
    put("odd_autocorrelation", [
        np.sum(centred[: len(x) - lag] * centred[lag:]) / np.sum(centred**2)
        for lag in (1, 2, 5)])
    low, high = np.quantile(x, [0.25, 0.75])
    strays = np.concatenate([x, [
        low - 1.4 * (high - low), low - 2 * (high - low),
        high + 2 * (high - low), high + 9 * (high - low)]])
    low, high = np.quantile(strays, [0.25, 0.75])
    beyond = np.maximum(low - strays, strays - high) / (high - low)
    labels = np.where(beyond > 3, 2, np.where(beyond > 1.5, 1, 0))
    put("strays", strays)
    put("strays_label", labels * np.where(strays > high, 1, -1))


def exact_median_bootstrap(x, tail):
    """The tail quantile of the medians of bootstrap samples, exactly."""
    n, x = len(x), np.sort(x)
    for k in range(1, n + 1):
        # the median is at most x[k-1] if most of the drawn values are
        if stats.binom.sf(n // 2, n, k / n) >= tail:
            return x[k - 1]
    return x[-1]


def median_bca(x, level, accelerated=True):
    n, value = len(x), np.median(x)
    k = np.searchsorted(np.sort(x), value) + 1
    up_to = [stats.binom.sf(n // 2, n, j / n) for j in (k - 1, k)]
    bias = stats.norm.ppf(np.mean(up_to))
    left = np.array([np.median(np.delete(x, i)) for i in range(n)])
    off = left.mean() - left
    a = np.sum(off**3) / (6 * np.sum(off**2) ** 1.5) if accelerated else 0
    z = bias + stats.norm.ppf([0.5 - level / 2, 0.5 + level / 2])
    return stats.norm.cdf(bias + z / (1 - a * z))


def skewed_with_bca():
    """A sample for which every term of BCa changes an end of the interval."""
    while True:
        x = np.round(np.exp(rng.normal(0, 0.8, 25)), 6)
        ends = [[exact_median_bootstrap(x, t) for t in tails] for tails in (
            median_bca(x, 0.95), median_bca(x, 0.95, False), (0.025, 0.975),
            median_bca(x, 0.945), median_bca(x, 0.955))]
        moved = ends[0] not in ends[1:3]
        if moved and ends[0] == ends[3] == ends[4]:
            return x, ends[0]


def intervals(x):
    put("percentile", [exact_median_bootstrap(x, t) for t in (0.05, 0.95)])
    skewed, ends = skewed_with_bca()
    put("skewed", skewed)
    put("bca", ends)
    common = np.exp(rng.normal(0, 0.2, 24))
    a, b = samples(24, 1.3) * common, samples(24) * common
    a, b = np.round(a, 6), np.round(b, 6)

    def ratio(x, y, axis):
        return np.median(x, axis=axis) / np.median(y, axis=axis)

    put("ratio_a", a)
    put("ratio_b", b)
    put("ratio", np.median(a) / np.median(b))
    for paired in (True, False):
        drawn = stats.bootstrap((a, b), ratio, paired=paired, vectorized=True,
                                n_resamples=100000, method="percentile",
                                random_state=rng, batch=10000)
        put("ratio_paired" if paired else "ratio_unpaired",
            drawn.confidence_interval)


def paired(name, a, b):
    p = stats.permutation_test((a, b),
                               lambda x, y, axis: np.sum(np.sign(x - y), axis),
                               permutation_type="samples", vectorized=True,
                               n_resamples=np.inf).pvalue
    put(f"{name}_a", a)
    put(f"{name}_b", b)
    put(f"{name}_p", p)


def two_samples(name, a, b, method):
    u, p = stats.mannwhitneyu(a, b, method=method)
    put(f"{name}_a", a)
    put(f"{name}_b", b)
    put(f"{name}_p", p)
    put(f"{name}_cliff", 2 * u / (len(a) * len(b)) - 1)


def holm(p):
    """Adjusts p by closed testing: every set with p in it must be rejected."""
    others = range(len(p))
    adjusted = [max(len(s) * min(p[i] for i in s)
                    for size in range(1, len(p) + 1)
                    for s in itertools.combinations(others, size) if j in s)
                for j in others]
    put("holm_p", p)
    put("holm_adjusted", np.minimum(1, adjusted))


def modes(name, x):
    x = np.sort(x)
    split = min(range(1, len(x)), key=lambda i: (
        np.var(x[:i]) * i + np.var(x[i:]) * (len(x) - i)))
    low, high = x[:split], x[split:]
    inside = np.var(low) * len(low) + np.var(high) * len(high)
    put(name, rng.permutation(x))
    put(f"{name}_modes", [
        (high.mean() - low.mean()) / np.sqrt(inside / (len(x) - 2)),
        np.median(low), np.median(high), len(high) / len(x)])


def line():
    x = np.arange(1.0, 13.0)
    y = np.round(3 + 2 * x + rng.normal(0, 0.7, 12), 6)
    fit = stats.linregress(x, y)
    half = stats.t.ppf(0.975, 10) * fit.stderr
    put("line_x", x)
    put("line_y", y)
    put("line", [fit.slope, fit.slope - half, fit.slope + half,
                 fit.intercept, fit.rvalue**2])


def share(hits, n):
    test = stats.binomtest(hits, n).proportion_ci(0.95, method="exact")
    put(f"share_{hits}_of_{n}", [test.low, test.high])


print("/* Made by tests/stats_expected.py: SciPy's answers, not ours. */")
x = samples(15)
describe(x)
intervals(x)
paired("clear", samples(10, 1.2), samples(10))
paired("close", samples(9), samples(9))
paired("tied", np.round(samples(8) * 10), np.round(samples(8) * 10))
two_samples("few", samples(9, 1.1), samples(7), "exact")
two_samples("many", np.round(samples(40, 102)), np.round(samples(35, 99)),
            "asymptotic")
holm([0.01, 0.04, 0.03, 0.005, 0.6, 0.011])
modes("one_group", samples(20))
modes("two_groups", np.concatenate([samples(12), samples(8, 2.5)]))
line()
share(7, 40)
