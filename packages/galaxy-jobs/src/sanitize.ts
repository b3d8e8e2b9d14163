/** What goes into a command as it is: nothing here means anything to a shell within quotes. */
const harmless = /[A-Za-z0-9 \-=_.()/+*^,:?!]/;

/** Characters that have a spelling of their own; many Galaxy tools turn these spellings back. */
const spelled = new Map([
  ['>', '__gt__'],
  ['<', '__lt__'],
  ["'", '__sq__'],
  ['"', '__dq__'],
  ['[', '__ob__'],
  [']', '__cb__'],
  ['{', '__oc__'],
  ['}', '__cc__'],
  ['@', '__at__'],
  ['\n', '__cn__'],
  ['\r', '__cr__'],
  ['\t', '__tc__'],
  ['#', '__pd__'],
]);

/**
 * Makes a person's text fit for a command line as Galaxy does by default: harmless characters stay, some have
 * a spelling (`>` becomes `__gt__`), and each other character becomes `X`.
 */
export function sanitize(text: string): string {
  return Array.from(text, (character) => {
    if (harmless.test(character)) return character;
    return spelled.get(character) ?? 'X';
  }).join('');
}

/** {@link sanitize} for the names of datasets, in which Galaxy also leaves `@` as it is. */
export function sanitizeName(text: string): string {
  return text.split('@').map(sanitize).join('@');
}
