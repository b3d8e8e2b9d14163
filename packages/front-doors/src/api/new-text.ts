/**
 * What was added to a text of which only the end is seen: `before` and `now` are its last characters, as many as a
 * window shows. Nothing in common means that it is another text, or that more was added than the window holds: then
 * all of `now` is new, and `isContinued` is false.
 *
 * A text that repeats itself could have grown by whole repetitions unseen; the shortest addition is taken.
 */
export function newText(
  before: string,
  now: string,
): { readonly text: string; readonly isContinued: boolean } {
  if (before === '') return { text: now, isContinued: true };
  const overlap = longestOverlap(before, now);
  return { text: now.slice(overlap), isContinued: overlap > 0 };
}

/** The length of the longest end of `before` with which `now` begins: Knuth, Morris and Pratt's way, in one pass. */
function longestOverlap(before: string, now: string): number {
  const borders = new Uint32Array(now.length);
  for (let index = 1, length = 0; index < now.length; index++) {
    length = extend(now, borders, length, now.charCodeAt(index));
    borders[index] = length;
  }
  let matched = 0;
  for (let index = Math.max(0, before.length - now.length); index < before.length; index++) {
    if (matched === now.length) matched = borders[matched - 1] ?? 0;
    matched = extend(now, borders, matched, before.charCodeAt(index));
  }
  return matched;
}

/** How much of `pattern` is matched when, after `length` characters, one more comes. */
function extend(pattern: string, borders: Uint32Array, length: number, character: number): number {
  let matched = length;
  while (matched > 0 && pattern.charCodeAt(matched) !== character) matched = borders[matched - 1] ?? 0;
  return pattern.charCodeAt(matched) === character ? matched + 1 : matched;
}
