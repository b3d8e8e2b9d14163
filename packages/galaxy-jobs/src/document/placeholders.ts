import { JobDescriptionError } from '../job-description-error.ts';
import { isPlainWord, shellWord } from '../shell-word.ts';
import type { Place } from './shell-place.ts';
import { placesIn } from './shell-places.ts';

/** What stands for a placeholder: one word for the shell, or several. */
export type PlaceholderText = string | readonly string[];

/** The names in braces that a command has. */
export const placeholdersIn = (command: string): Set<string> =>
  new Set(placesIn(command).flatMap(({ name, isEscaped }) => (isEscaped ? [] : [name])));

/** Whether {@link fillPlaceholders} would do anything, `{{NAME}}` included. */
export const hasPlaceholders = (command: string, names: Iterable<string>): boolean => {
  const known = new Set(names);
  return placesIn(command).some(({ name }) => known.has(name));
};

/**
 * Puts texts in the place of `{NAME}`, quoted as the shell wants it there, so that a program gets the very text;
 * `{{NAME}}` becomes `{NAME}`. Braces around anything else, such as awk's, stay as they are. What it has put in is no
 * placeholder for whoever fills in others later.
 * @throws JobDescriptionError if a text cannot be quoted where it is to stand
 */
export const fillPlaceholders = (command: string, texts: ReadonlyMap<string, PlaceholderText>): string =>
  placeholderFiller(command)(texts);

/** The same for a command that is filled many times. */
export function placeholderFiller(command: string): (texts: ReadonlyMap<string, PlaceholderText>) => string {
  const places = placesIn(command);
  return (texts) => {
    const pieces: string[] = [];
    let done = 0;
    for (const place of places) {
      const text = texts.get(place.name);
      if (text === undefined) continue;
      pieces.push(command.slice(done, place.from));
      pieces.push(place.isEscaped ? `{${place.name}}` : filled(command, place, text));
      done = place.to;
    }
    return pieces.join('') + command.slice(done);
  };
}

function filled(command: string, place: Place, text: PlaceholderText): string {
  if (place.within === 'forbidden') throw misplaced(place);
  if (typeof text === 'string') return filledWord(place, text);
  const [only, ...others] = text;
  if (only !== undefined && others.length === 0) return filledWord(place, only);
  if (place.within !== 'bare' || !isWordOfItsOwn(command, place)) throw severalWords(place, text.length);
  return text.map((word) => filledWord(place, word)).join(' ');
}

/** The same word in each of a shell's ways to quote. */
function filledWord(place: Place, word: string): string {
  if (word.includes('\0')) throw unusable(place, word, 'has a NUL byte, which no command can have');
  if (isPlainWord(word)) return word;
  if (place.within === 'bare') return guarded(shellWord(word), "'");
  if (place.within === 'single') return guarded(word.replaceAll("'", "'\\''"), "'");
  if (place.within === 'double') return guarded(word.replace(/[\\$`"]/g, '\\$&'), '"');
  throw unusable(place, word, `is safe only as a word of its own, but ${whereAndAdvice(place)}`);
}

function whereAndAdvice({ name, where, within }: Place): string {
  if (where === undefined) {
    return `{${name}} stands between quotes with more than plain words; take it out of them, and hand it over as an argument (such as awk -v ${name}={${name}})`;
  }
  // A variable would not help: bash runs what stands in its value, too.
  if (within === 'evaluated') {
    return `{${name}} stands ${where}, where bash may run what is in a text; compare by [ {${name}} ... ], which does not, or hand it over as an argument of a program`;
  }
  return `{${name}} stands ${where}; write ${name}={${name}} in a line before it, and "$${name}" there`;
}

/** Braces that are no placeholder: whoever fills in others later finds a quote in them. */
const guarded = (text: string, quote: string): string =>
  text.replace(/\{(?=\{?[A-Za-z_]\w*\})/g, `{${quote}${quote}`);

/** Otherwise only one of several words would belong to what stands beside it. */
const isWordOfItsOwn = (command: string, { from, to }: Place): boolean =>
  /(?:^|[ \t\n;&|(])$/.test(command.slice(Math.max(0, from - 1), from)) &&
  /^(?:$|[ \t\n;&|)<>])/.test(command.slice(to, to + 1)) &&
  !/[<>][&|]?[ \t]*$/.test(command.slice(Math.max(0, from - 100), from));

const severalWords = ({ name }: Place, count: number): Error =>
  wrongCommand(
    `{${name}} stands for ${count} files; write it as a word of its own, without quotes or other text around it and not behind < or >`,
  );

const misplaced = ({ name, where }: Place): Error =>
  wrongCommand(
    `{${name}} stands ${where ?? 'where it cannot be replaced'}; take that away, or write {{${name}}} for the text {${name}}`,
  );

const unusable = ({ name }: Place, word: string, text: string): Error =>
  wrongCommand(`{${name}} is ${JSON.stringify(word.slice(0, 80))}, which ${text}`);

const wrongCommand = (text: string): JobDescriptionError =>
  new JobDescriptionError([{ code: 'INVALID_VALUE', field: 'command', text }]);
