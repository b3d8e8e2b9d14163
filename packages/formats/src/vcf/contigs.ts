import type { NamedReference } from '../indexes/work.ts';

const fieldOf = (line: string, field: string): string | undefined =>
  new RegExp(`[<,]${field}=("(?:[^"\\\\]|\\\\.)*"|[^,>]*)`).exec(line)?.[1];

/** The sequences that a header of VCF declares: in its order, or by the numbers that BCF gives them (`IDX`). */
export const contigsOf = (header: string): readonly NamedReference[] => {
  const contigs: NamedReference[] = [];
  for (const line of header.split(/\r?\n/)) {
    const name = line.startsWith('##contig=<') ? fieldOf(line, 'ID') : undefined;
    if (name === undefined) continue;
    const length = Number(fieldOf(line, 'length'));
    const number = Number(fieldOf(line, 'IDX') ?? contigs.length);
    contigs[number] = { name, length: Number.isSafeInteger(length) && length > 0 ? length : undefined };
  }
  // Numbers that no line has are of sequences that were taken out of the header.
  return Array.from(contigs, (contig) => contig ?? { name: '' });
};
