"""One replicate of consensus clustering (Monti et al. 2003, Machine Learning 52:91-118), beside a background model.

Usage: consensus.py TABLE.csv CLUSTERS SEED

Draws four rows of five, clusters them by k-means, and prints for each pair of rows that was drawn whether they were in one
cluster: row, row, 1, together, together in the background. The background is the same rows with the values of each
column shuffled, so that columns are as they were, and what they have to do with each other is gone.
"""

import csv
import itertools
import random
import sys


def squared_distance(left, right):
    return sum((a - b) ** 2 for a, b in zip(left, right))


def nearest(row, centres):
    return min(range(len(centres)), key=lambda index: squared_distance(row, centres[index]))


def first_centres(rows, count, chance):
    """The first at random, each other one the likelier the farther it is from those before (k-means++)."""
    centres = [chance.choice(rows)]
    while len(centres) < count:
        weights = [min(squared_distance(row, centre) for centre in centres) for row in rows]
        centres.append(chance.choices(rows, weights)[0])
    return centres


def k_means(rows, count, chance):
    centres, labels = first_centres(rows, count, chance), None
    while True:
        now = [nearest(row, centres) for row in rows]
        if now == labels:
            return sum(squared_distance(row, centres[label]) for row, label in zip(rows, labels)), labels
        labels = now
        for index in range(count):
            members = [row for row, label in zip(rows, labels) if label == index]
            if members:
                centres[index] = tuple(sum(column) / len(members) for column in zip(*members))


def clusters(rows, count, chance):
    """The best of five tries."""
    return min(k_means(rows, count, chance) for _ in range(5))[1]


def main():
    table, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(table, newline='') as file:
        rows = [tuple(map(float, line[:-1])) for line in itertools.islice(csv.reader(file), 1, None)]
    chance = random.Random(seed)
    columns = [list(column) for column in zip(*rows)]
    for column in columns:
        chance.shuffle(column)
    background = list(zip(*columns))
    drawn = sorted(chance.sample(range(len(rows)), len(rows) * 4 // 5))
    found = clusters([rows[index] for index in drawn], count, chance)
    by_chance = clusters([background[index] for index in drawn], count, chance)
    for left, right in itertools.combinations(range(len(drawn)), 2):
        together = int(found[left] == found[right]), int(by_chance[left] == by_chance[right])
        print(drawn[left] + 1, drawn[right] + 1, 1, *together, sep='\t')


main()
