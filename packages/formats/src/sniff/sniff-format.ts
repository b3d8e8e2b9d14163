import { sniffBinary } from './sniff-binary.ts';
import { sniffTable } from './sniff-table.ts';

/** Formats that begin with a text that no other begins with; names are those of Galaxy's datatypes. */
const beginnings: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['vcf', /^##fileformat=VCF/],
  ['sam', /^@(?:HD|SQ|RG|PG|CO)\t/],
  ['mol2', /^(?:[ \t]*(?:#[^\n]*)?\n)*@<TRIPOS>/],
  ['fastq', /^@[^\n]*\n[^+>][\s\S]*?\n\+/],
  ['fasta', /^\s*>/],
  ['gff3', /^##gff-version/i],
  ['maf', /^##maf /],
  ['nexus', /^\s*#nexus/i],
  ['stockholm', /^# STOCKHOLM /],
  ['fps', /^#FPS/],
  ['genbank', /^LOCUS {2}/],
  ['embl', /^ID {3}/],
  ['pdb', /^(?:HEADER {4}|CRYST1 |MODEL {5}|(?:REMARK|ATOM {2}|HETATM)[ \d]{5})/],
  ['sdf', /^(?:[^\n]*\n){3}[^\n]*V[23]000\s*\n/],
  ['newick', /^\s*\([^;]*\)[^;]*;/],
];

/** The same of XML and what looks like it, by the first element. */
const elements: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['blastxml', /^(?:!DOCTYPE BlastOutput |BlastOutput>)/],
  ['blastxml2', /^(?:BlastXML2|BlastOutput2)\b/],
  ['mzml', /^(?:indexed)?mzML\b/],
  ['html', /^(?:!DOCTYPE )?html\b/i],
  ['svg', /^(?:!DOCTYPE )?svg\b/i],
  ['xml', /^/],
];

/**
 * What a file is that begins with these bytes, decompressed, as the name of a datatype of Galaxy's: `txt` for a text of
 * which no more is known, `data` for what is no text; `undefined` for nothing at all. A text that is tabular is `bed`,
 * `gff3`, `gtf`, `sam` or `tabular`.
 */
export function sniffFormat(beginning: Uint8Array): string | undefined {
  if (beginning.length === 0) return undefined;
  const binary = sniffBinary(beginning);
  if (binary !== undefined) return binary;
  const text = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.length).toString('latin1');
  const found = beginnings.find(([, pattern]) => pattern.test(text))?.[0];
  return found ?? sniffMarkup(text) ?? sniffJson(text) ?? sniffTable(text) ?? 'txt';
}

function sniffMarkup(text: string): string | undefined {
  const begin = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*</.exec(text)?.[0];
  if (begin === undefined) return undefined;
  const rest = text.slice(begin.length);
  return /^[!A-Za-z]/.test(rest) ? elements.find(([, pattern]) => pattern.test(rest))?.[0] : undefined;
}

/** One object alone may be a document of one line, and two of them would be none any more. */
function sniffJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const [first = '', second = ''] = text.split('\n');
  if (isJson(first) && /^\s*[[{]/.test(second)) return 'jsonl';
  return isJson(first) || /^\s*[[{]\s*(?:["[{\]}]|$)/.test(text) ? 'json' : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
