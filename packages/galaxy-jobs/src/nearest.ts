/** The candidate that a person who wrote `word` most likely meant; `undefined` if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.ceil(word.length / 3);
  const rated = candidates.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  return rated.toSorted((a, b) => a.distance - b.distance).find(({ distance }) => distance <= limit)
    ?.candidate;
}

/** How many letters must be put in, taken out or changed to make one word of the other, case aside. */
function editDistance(first: string, second: string): number {
  const [a, b] = [first.toLowerCase(), second.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
