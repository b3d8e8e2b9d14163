/** As much of a text from outside as is quoted anywhere. */
const longestQuote = 300;

/** A text from outside as one line: control characters and runs of white space become a blank, and it is cut. */
export function oneLine(text: string, limit = longestQuote): string {
  // Control, format (which can turn the direction of writing), separator and private characters, and lone surrogates.
  const line = text.replaceAll(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}
