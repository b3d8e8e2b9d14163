/** What a name of a file has, besides dots; as in the C locale, every byte of a longer character. */
const goesOn = /^(?:[A-Za-z0-9_\u0080-\uffff-]|\.[A-Za-z0-9_.\u0080-\uffff-])/;

const ofName = /[A-Za-z0-9_.\u0080-\uffff-]/;

/** Names of files are shorter. */
const longestName = 300;

/**
 * A text without the places where a path stands in it that is whole: neither the beginning of a longer name, nor a part
 * of a longer path (`/mnt/path`); but an option's letter may stand before it (`-I/path`). Joined with the path, the
 * pieces are the text.
 */
export function splitAtPath(text: string, path: string): string[] {
  const pieces: string[] = [];
  let begin = 0;
  for (let place = text.indexOf(path); place !== -1; place = text.indexOf(path, place + path.length)) {
    if (!isWhole(text, place, place + path.length)) continue;
    pieces.push(text.slice(begin, place));
    begin = place + path.length;
  }
  return [...pieces, text.slice(begin)];
}

function isWhole(text: string, place: number, end: number): boolean {
  if (goesOn.test(text.slice(end, end + 2))) return false;
  let before = place - 1;
  if (text[before] === '/') return true;
  const first = Math.max(0, place - longestName);
  while (before >= first && ofName.test(text.charAt(before))) before--;
  return before < first || text[before] !== '/';
}
