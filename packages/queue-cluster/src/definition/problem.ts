/** Leads to a setting: names of mappings, numbers in lists. */
export type SettingPath = readonly PropertyKey[];

/** Something that is wrong with what was said of a cluster. */
export interface DefinitionProblem {
  /** Where: `FILE:LINE:COLUMN`, or an option such as `--mem`. */
  readonly place: string;
  /** Which setting, what was expected, and what is there. */
  readonly text: string;
}

const longest = 60;

/** How a value stands in a message: on one line, and short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'it is missing';
  if (value === null) return 'it is empty';
  if (Array.isArray(value)) return 'it is a list';
  if (typeof value === 'object') return 'it is a mapping';
  const text = String(value).replaceAll(/\p{Cc}+/gu, ' ');
  const short = text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
  return typeof value === 'string' ? `it is '${short}'` : `it is ${short}`;
}
