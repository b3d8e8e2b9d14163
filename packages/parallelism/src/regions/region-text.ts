import {
  FormatError,
  formatRegion,
  type NamedReference,
  parseRegion,
  type Region,
} from '@galaxy-mesos/formats';

/**
 * Writes regions as samtools reads them, with both ends where they are known. Braces around names with colons are left
 * out where nothing else could be meant: not all programs know them.
 */
export function regionWriter(references: readonly NamedReference[]): (region: Region) => string {
  let names: ReadonlySet<string> | undefined;
  return (region) => {
    const { reference, from, to } = region;
    if (!reference.includes(':') || to === undefined) return formatRegion(region);
    const text = `${reference}:${from + 1}-${to}`;
    names ??= new Set(references.map(({ name }) => name));
    return isClear(text, region, names) ? text : formatRegion(region);
  };
}

function isClear(text: string, region: Region, names: ReadonlySet<string>): boolean {
  try {
    return parseRegion(text, names).reference === region.reference && !names.has(text);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
