import { ContentReader } from '../bgzf/content-reader.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { IndexPlaces } from '../indexes/index-places.ts';
import { type FileWork, type ReferenceWork, type ReferenceWorks, withPoints } from '../indexes/work.ts';
import type { BamReferences } from './bam-header.ts';
import { fixedRecordSize, readRecordHead } from './bam-record.ts';
import { findRecord } from './find-record.ts';

interface Probe {
  readonly reference: number;
  readonly position: number;
  /** Where in the file the record is. */
  readonly block: number;
}

/** Looks which record stands at or soon behind a place of the file; `undefined` if none with a place on a reference. */
const probe = async (
  file: RandomAccessFile,
  { references }: BamReferences,
  from: number,
  end: number,
): Promise<Probe | undefined> => {
  const place = await findRecord(file, references, from, end);
  if (place === undefined) return undefined;
  const fixed = await new ContentReader(file, place, end).take(fixedRecordSize);
  const head = fixed.length < fixedRecordSize ? '' : readRecordHead(fixed, 0, references.length);
  if (typeof head === 'string' || head.reference === -1) return undefined;
  return { reference: head.reference, position: head.position, block: place.block };
};

/**
 * Makes the work that an index tells of more exact: looks at so many places of the file which position is reached there.
 * An index knows places no closer than 16,384 bases, between which reads may crowd, as those of amplicons, exomes and
 * small genomes do. Were a place misread, parts would be less equal, and nothing else.
 */
export const probeWork = async (
  file: RandomAccessFile,
  header: BamReferences,
  places: IndexPlaces,
  work: FileWork,
  probes: number,
): Promise<FileWork> => {
  const end = places.endOfPlaced?.block ?? 0;
  const points = new Map<number, ReferenceWork['points'][number][]>();
  const begin = places.beginOfPlaced?.block ?? end;
  for (let number = 1; number <= probes; number += 1) {
    const found = await probe(file, header, begin + Math.round(((end - begin) * number) / (probes + 1)), end);
    const extent = found === undefined ? undefined : places.extentOf(found.reference);
    if (found === undefined || extent === undefined || found.block < extent.from.block) continue;
    const point = { position: found.position, bytes: found.block - extent.from.block };
    const others = points.get(found.reference);
    if (others === undefined) points.set(found.reference, [point]);
    else others.push(point);
  }
  return { ...work, references: refined(work.references, points) };
};

type Points = readonly ReferenceWork['points'][number][];

/** The same, but for the few references of which more is known. */
const refined = (works: ReferenceWorks, points: ReadonlyMap<number, Points>): ReferenceWorks => {
  const known = new Map<number, ReferenceWork>();
  for (const [number, more] of points) {
    const work = works.at(number);
    if (work !== undefined) known.set(number, withPoints(work, more));
  }
  return {
    length: works.length,
    at: (number) => known.get(number) ?? works.at(number),
    *[Symbol.iterator]() {
      let number = 0;
      for (const work of works) {
        yield known.get(number) ?? work;
        number += 1;
      }
    },
  };
};
