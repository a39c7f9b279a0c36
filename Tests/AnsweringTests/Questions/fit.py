"""The weights of `BuiltInFit`, from what `SignalsTests` wrote.

usage: fit.py FILE...     one JSON object a question; needs numpy

Prints the weights for the raw signals, and of drafts above each chance how many are right, where each question was
judged by a fit that had not seen it (in any of the files).
"""

import json
import random
import sys

import numpy

LANGUAGES = {"en", "de", "fr", "es", "pl", "ja", "it", "ar"}  # others are never sent
PULL = 2.0


def row(signals):
    return [
        numpy.log1p(signals["bm25"]), signals["centroid"], signals["bestLine"], signals["unknown"],
        min(1, signals["margin"]), numpy.log(0.02 + signals["margin"]), float(signals["wordsAgree"]),
        signals["closestLine"], signals["leastCovered"], signals["leastWords"], float(signals["asked"] > 0),
        min(6, numpy.log1p(signals["features"])), float(signals["strangeNumbers"] > 0), signals["leastHeld"],
    ]


NAMES = "bm25 centroid bestLine unknown margin logMargin wordsAgree closestLine leastCovered leastWords asks features strangeNumbers leastHeld".split()


def fit(rows, labels):
    mean, deviation = rows.mean(0), rows.std(0) + 1e-9
    scaled = numpy.c_[(rows - mean) / deviation, numpy.ones(len(rows))]
    weights = numpy.zeros(scaled.shape[1])
    pull = numpy.diag([PULL] * (len(weights) - 1) + [1e-6])
    for _ in range(50):
        chance = 1 / (1 + numpy.exp(-scaled @ weights))
        gradient = scaled.T @ (labels - chance) - pull @ weights
        weights += numpy.linalg.solve((scaled * (chance * (1 - chance))[:, None]).T @ scaled + pull, gradient)
    raw = weights[:-1] / deviation
    return raw, weights[-1] - raw @ mean


def main():
    lines = [json.loads(line) for name in sys.argv[1:] for line in open(name, encoding="utf-8")]
    lines = [line for line in lines if line["language"] in LANGUAGES]
    rows = numpy.array([row(line["signals"]) for line in lines])
    labels = numpy.array([float(line["right"]) for line in lines])
    folds = {name: random.Random(name).randrange(10) for name in {line["name"] for line in lines}}
    fold = numpy.array([folds[line["name"]] for line in lines])
    chance = numpy.zeros(len(lines))
    for part in range(10):
        raw, constant = fit(rows[fold != part], labels[fold != part])
        chance[fold == part] = 1 / (1 + numpy.exp(-(rows[fold == part] @ raw + constant)))
    for limit in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        above = chance >= limit
        print(f"chance >= {limit}: {above.sum()} drafts, {labels[above].mean():.3f} right")
    raw, constant = fit(rows, labels)
    for name, weight in zip(NAMES, raw):
        print(f"{name:15} {weight:8.4f}")
    print(f"{'constant':15} {constant:8.4f}")


main()
