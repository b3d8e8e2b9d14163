import type { z } from 'zod';
import { describeSettings, type SettingDescription } from './setting-names.ts';

const borders = ['<!-- settings -->', '<!-- /settings -->'] as const;

/** What tools may have is what all may have, and is told there. */
const isToldElsewhere = ({ name }: SettingDescription): boolean =>
  /^resources\.tools\[\]\.(?:defaults|limits)\./.test(name);

const shown = (value: unknown): string =>
  value === undefined ? '' : ` (\`${typeof value === 'string' ? value : JSON.stringify(value)}\`)`;

/** All settings of a schema as a table in Markdown, with what each means and its default. */
export function settingsTable(schema: z.ZodType): string {
  const rows = describeSettings(schema)
    .filter((setting) => !isToldElsewhere(setting))
    .map(
      ({ name, description, default: value }) =>
        `| \`${name}\` | ${description.replaceAll('|', '\\|')}${shown(value)} |`,
    );
  return ['| setting | meaning, default in parentheses |', '|---|---|', ...rows].join('\n');
}

/**
 * A text with another table between the marks that stand for it.
 * @throws RangeError if there are no such marks
 */
export function withSettingsTable(text: string, table: string): string {
  const [begin, end] = borders.map((border) => text.indexOf(border));
  if (begin === undefined || end === undefined || begin < 0 || end < begin) {
    throw new RangeError(`there is no ${borders[0]} with ${borders[1]} after it`);
  }
  return `${text.slice(0, begin)}${borders[0]}\n\n${table}\n\n${text.slice(end)}`;
}
