import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, nameOfPart, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import type { JoinRequest, Merge } from '../merge.ts';
import { type BlastDocument, blastXml2Document, blastXmlDocument } from './blast-document.ts';
import { type Counts, DocumentReader } from './document-reader.ts';

const meaningOf = (header: string, { ownLines }: BlastDocument): string[] =>
  header.split('\n').filter((line) => !ownLines.test(line));

const expectSame = (
  first: { readonly part: NumberedPart; readonly header: string },
  other: { readonly part: NumberedPart; readonly header: string },
  document: BlastDocument,
): void => {
  const [expected, found] = [meaningOf(first.header, document), meaningOf(other.header, document)];
  const lines = Math.max(expected.length, found.length);
  const at = Array.from({ length: lines }, (_, index) => index).find(
    (index) => expected[index] !== found[index],
  );
  if (at === undefined) return;
  const show = (line: string | undefined) => JSON.stringify((line ?? 'nothing').trim().slice(0, 100));
  throw new PlanError(
    'PARTS_DISAGREE',
    `${other.part.path}: ${nameOfPart(other.part)}: expected the header of ${nameOfPart(first.part)}, found ` +
      `${show(found[at])} in the place of ${show(expected[at])}; ` +
      'run all parts with the same program, database and options',
  );
};

const joinDocuments = (
  request: JoinRequest<Record<string, never>>,
  parts: readonly NumberedPart[],
  document: BlastDocument,
): Promise<void> =>
  writeResult(request, async (result) => {
    const counts: Counts = { numbers: 0, queries: 0 };
    let first: { readonly part: NumberedPart; readonly header: string } | undefined;
    let footer = '';
    let hasResults = false;
    for (const part of parts) {
      const reader = new DocumentReader(part, document, request.signal);
      try {
        await withPart(part, async () => {
          const header = await reader.header();
          const isFollowing = hasResults && reader.hasResults;
          hasResults ||= reader.hasResults;
          if (isFollowing) await result.write(Buffer.from(document.between));
          if (first === undefined) await result.write(Buffer.from(header, 'latin1'));
          first ??= { part, header };
          expectSame(first, { part, header }, document);
          await result.writeAll(reader.results(counts));
          footer = await reader.footer();
        });
      } finally {
        await reader.close();
      }
    }
    await result.write(Buffer.from(footer, 'latin1'));
  });

const parameters = z.strictObject({});

/** Joins XML of BLAST, -outfmt 5. */
export const blastxml: Merge<Record<string, never>> = {
  name: 'blastxml',
  description:
    'Joins XML of BLAST (-outfmt 5): the header of the first part, the iterations of all parts with numbers that go ' +
    'on from part to part. Program, database and parameters must be the same.',
  parameters,
  datatypes: ['blastxml'],
  how: {
    kind: 'here',
    join: (request) => joinDocuments(request, expectParts('blastxml', request), blastXmlDocument),
  },
};

/** Joins XML2 of BLAST, -outfmt 16. */
export const blastxml2: Merge<Record<string, never>> = {
  name: 'blastxml2',
  description:
    'Joins XML2 of BLAST in one file (-outfmt 16): the reports of all parts, with numbers of queries that go on from ' +
    'part to part.',
  parameters,
  how: {
    kind: 'here',
    join: (request) => joinDocuments(request, expectParts('blastxml2', request), blastXml2Document),
  },
};
