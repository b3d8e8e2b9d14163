import { placeholdersIn } from '@galaxy-mesos/galaxy-jobs';

/** What nests shell text in shell text, or quotes in ways of its own: nobody should count on finding out there. */
const intricate = /<<|`|\$'|"[\s\S]*\$\(|\$\([\s\S]*"/;

/** Names of values are shorter by far. */
const longestToken = 1000;

const token = /^\{\{?([A-Za-z_]\w*)\}\}?/;

/** The placeholders of a command that do not, or perhaps do not, stand where a shell takes quotes for quotes. */
export function quotedPlaceholders(command: string): ReadonlySet<string> {
  if (intricate.test(command)) return placeholdersIn(command);
  const found = new Set<string>();
  let quote: Quote = '';
  for (let index = 0; index < command.length; ) {
    const step = stepAt(command, index, quote);
    if (step.placeholder !== undefined && quote !== '') found.add(step.placeholder);
    quote = step.quote;
    index += step.length;
  }
  return found;
}

type Quote = '' | "'" | '"';

interface Step {
  readonly length: number;
  readonly quote: Quote;
  readonly placeholder?: string | undefined;
}

/** What stands at a place of a command, within the quotes that are open there. */
function stepAt(command: string, index: number, quote: Quote): Step {
  const character = command[index] ?? '';
  if (character === '\\' && quote !== "'") return { length: 2, quote };
  if (character === quote) return { length: 1, quote: '' };
  if (quote === '' && (character === "'" || character === '"')) return { length: 1, quote: character };
  if (quote === '' && character === '#' && /^\s?$/.test(command[index - 1] ?? '')) {
    return { length: (/^[^\n]*/.exec(command.slice(index))?.[0] ?? '#').length, quote };
  }
  const [all = character, placeholder] = token.exec(command.slice(index, index + longestToken)) ?? [];
  return { length: all.length, quote, placeholder };
}
