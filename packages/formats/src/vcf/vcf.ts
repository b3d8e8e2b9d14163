import { tooFewColumns } from '../lines/columns.ts';
import { firstByte, type Line, quoteLine, startsWith } from '../lines/line.ts';
import { type LineRecordRules, LineRecords } from '../lines/line-records.ts';
import { LineScanner } from '../lines/line-scanner.ts';
import type { RecordFormat } from '../record-format.ts';

const hash = 0x23;
const fileFormat = Buffer.from('##fileformat=VCF');
const columns = Buffer.from('#CHROM\t');
const declaration = Buffer.from('##');

const noColumns =
  'expected the line of columns, which begins with "#CHROM" and precedes the first variant; take the header of the ' +
  'file that this one was cut from (`bcftools view -h`)';

/** The header of one file as it is read: first the version, last the columns. */
const vcfRules = (): LineRecordRules => {
  let lines = 0;
  let sawColumns = false;
  const checkHeader = (line: Line): string | undefined => {
    if (lines === 0 && !startsWith(line, fileFormat)) {
      return `found ${quoteLine(line)}; expected VCF, whose first line begins with "##fileformat=VCF"`;
    }
    if (sawColumns) return `found ${quoteLine(line)} after the line of columns; expected variants`;
    return undefined;
  };
  return {
    marks: '#',
    isHeader: (line) => {
      if (firstByte(line) !== hash || checkHeader(line) !== undefined) return false;
      if (!startsWith(line, declaration) && !startsWith(line, columns)) return false;
      lines += 1;
      sawColumns = startsWith(line, columns);
      return true;
    },
    checkFirst: (line) => {
      const wrong = lines === 0 || firstByte(line) === hash ? checkHeader(line) : undefined;
      if (wrong !== undefined) return wrong;
      if (!sawColumns) return `found ${quoteLine(line)}; ${noColumns}`;
      return tooFewColumns(line, 8, 'a variant');
    },
    check: (line) =>
      firstByte(line) === hash
        ? `found the header line ${quoteLine(line)} after variants; were files joined by cat? ` +
          'Join them with `bcftools concat`'
        : undefined,
    checkNone: () => (sawColumns ? undefined : `found no line of columns; ${noColumns}`),
  };
};

/** VCF: every part needs the whole header, because variants name what it declares. */
export const vcf: RecordFormat = {
  name: 'vcf',
  description:
    'VCF: a record is the line of a variant; lines that begin with "##", and that of the columns, are the header.',
  fileExtensions: ['vcf', 'gvcf'],
  galaxyDatatypes: ['vcf'],
  scanner: () => new LineScanner('VCF', new LineRecords(vcfRules())),
};
