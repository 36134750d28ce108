"""How alike two sets of measured times are. Pure."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import median

_TERMS = 100


def kolmogorov_smirnov_p(first: Sequence[float], second: Sequence[float]) -> float:
    """How probable it is that two samples of one distribution lie as far apart as these (two-sided, asymptotic)."""
    one, other = sorted(first), sorted(second)
    at, by, distance = 0, 0, 0.0
    while at < len(one) and by < len(other):
        value = min(one[at], other[by])
        while at < len(one) and one[at] == value:
            at += 1
        while by < len(other) and other[by] == value:
            by += 1
        distance = max(distance, abs(at / len(one) - by / len(other)))
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (size + 0.12 + 0.11 / size) * distance
    if scaled < 0.2:
        return 1.0  # where the series converges slowly, and to 1
    terms = ((1.0 if n % 2 else -1.0) * math.exp(-2 * (n * scaled) ** 2) for n in range(1, _TERMS + 1))
    return min(1.0, max(0.0, 2 * sum(terms)))


def least_p(samples: Mapping[str, Sequence[float]]) -> float:
    """Of the pair that is least alike; as many chances to look different are taken off (Bonferroni)."""
    pairs = list(combinations(samples.values(), 2))
    return min(1.0, min(kolmogorov_smirnov_p(one, other) for one, other in pairs) * len(pairs))


def spread_of_medians(samples: Mapping[str, Sequence[float]]) -> float:
    """By how much of the smallest median the largest exceeds it."""
    medians = [median(times) for times in samples.values()]
    return max(medians) / min(medians) - 1
