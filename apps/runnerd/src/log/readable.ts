/** A line of the log for people: the time of day, the level, the message, and what it is about. */
export function readable(line: string): string {
  const { time, level, msg, err, ...rest } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const clock = String(time).slice(11, 19);
  const about = Object.entries(rest).map(([key, value]) => ` ${key}=${inLine(value)}`);
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${inLine(msg ?? '')}${about.join('')}${stackOf(err)}\n`;
}

const inLine = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\p{Cc}/gu, visible);

/** Words of tools may be in messages, and such characters may do anything to a terminal. */
const visible = (character: string): string =>
  character === '\n' ? ' ' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const stack: unknown = Reflect.get(err, 'stack') ?? Reflect.get(err, 'message');
  const lines = String(stack).split('\n');
  return lines.map((line) => `\n${inLine(line)}`).join('');
}
