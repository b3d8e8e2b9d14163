interface OpenObject {
  /** White space before the line that opened it; its closing brace stands as deep. */
  readonly indent: string;
  /** White space before its members. */
  members?: string;
}

const member = /^"((?:[^"\\]|\\.)*)"\s*:\s*(.+)$/;

/**
 * What `qstat -F json` printed; undefined if it is not whole. PBS writes values of a job's environment as they are:
 * with quotes and line ends in them, backslashes before any character, and texts of digits as numbers (openpbs issues
 * 1255 and 2541). Each member stands on a line of its own and as deep as its siblings, by which such values are found
 * and made texts.
 */
export function readPbsJson(text: string): unknown {
  const json = text.slice(Math.max(0, text.indexOf('{')));
  return parsed(json) ?? parsed(mended(json));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function mended(json: string): string {
  const open: OpenObject[] = [];
  let text = '';
  for (const line of json.split('\n')) {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    const kept = keptOf(line.trim(), indent, open);
    if (kept === undefined) continue;
    const isFirst = text === '' || text.endsWith('{');
    text += isFirst || kept === '}' ? kept : `,${kept}`;
  }
  return text;
}

/** A line as it should be; undefined if it belongs to the value that began on a line before. */
function keptOf(line: string, indent: string, open: OpenObject[]): string | undefined {
  const inside = open.at(-1);
  if (line === '{' && !inside) {
    open.push({ indent });
    return line;
  }
  if (!inside) return undefined;
  if (/^\},?$/.test(line) && indent === inside.indent) {
    open.pop();
    return '}';
  }
  const [, name, value] = member.exec(line) ?? [];
  if (name === undefined || value === undefined) return undefined;
  inside.members ??= indent;
  if (indent !== inside.members) return undefined;
  if (value === '{') open.push({ indent });
  return `${mendedText(name)}:${value === '{' ? value : mendedValue(value.replace(/,$/, ''))}`;
}

function mendedValue(value: string): string {
  if (parsed(value) !== undefined) return value;
  if (!value.startsWith('"')) return JSON.stringify(value);
  return mendedText(value.slice(1, value.endsWith('"') && value.length > 1 ? -1 : undefined));
}

/** What stood between the quotes. */
const mendedText = (inner: string): string =>
  parsed(`"${inner}"`) === undefined ? JSON.stringify(inner.replaceAll(/\\(.)/g, '$1')) : `"${inner}"`;
