import { compressionOf, openSource } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { PlanError } from '../../plan-error.ts';
import { expectParts } from '../files/expect-parts.ts';
import { type NumberedPart, nameOfPart, withPart, wrongPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import type { JoinRequest, Merge } from '../merge.ts';

const hash = 0x23;

/** Longer than the last line of BLAST. */
const tailSize = 256;

const lastLine = /(?:^|\n)(# BLAST processed (\d+) quer(?:y|ies)\r?\n?)$/;

/** What of a part is hits with their comments, and how many queries its last line counts. */
interface TabularPart {
  readonly part: NumberedPart;
  readonly length: number;
  /** Absent: there is no such line, as in -outfmt 6. */
  readonly queries: number | undefined;
  readonly isClosed: boolean;
}

const read = async (part: NumberedPart, signal: AbortSignal | undefined): Promise<TabularPart> => {
  await using file = await openSource(part.path, { signal });
  const beginning = await file.readAt(0, tailSize);
  if (compressionOf(beginning) !== 'none') {
    throw wrongPart(
      part,
      'expected text as BLAST writes it, found a compressed file; compress the result after the merge',
    );
  }
  const tail = Buffer.from(await file.readAt(Math.max(0, file.size - tailSize), tailSize)).toString('latin1');
  const [, line, queries] = lastLine.exec(tail) ?? [];
  if (line !== undefined) {
    return { part, length: file.size - line.length, queries: Number(queries), isClosed: true };
  }
  if (beginning[0] === hash) {
    const text =
      'expected "# BLAST processed N queries" as the last line, as -outfmt 7 writes it: the part is incomplete';
    throw wrongPart(part, text);
  }
  return { part, length: file.size, queries: undefined, isClosed: file.size === 0 || tail.endsWith('\n') };
};

const expectSameKind = (first: TabularPart, other: TabularPart): void => {
  if ((first.queries === undefined) === (other.queries === undefined)) return;
  const [found, expected] = other.queries === undefined ? ['without', 'with'] : ['with', 'without'];
  throw new PlanError(
    'PARTS_DISAGREE',
    `${other.part.path}: ${nameOfPart(other.part)}: found results of BLAST ${found} comments, expected some ` +
      `${expected} comments as in ${nameOfPart(first.part)}; give all parts the same -outfmt`,
  );
};

const join = async (request: JoinRequest<Record<string, never>>): Promise<void> => {
  const { signal } = request;
  const parts = expectParts('blast', request);
  await writeResult(request, async (result) => {
    let first: TabularPart | undefined;
    let queries = 0;
    let isClosed = true;
    for (const part of parts) {
      await withPart(part, async () => {
        const tabular = await read(part, signal);
        first ??= tabular;
        expectSameKind(first, tabular);
        if (!isClosed && tabular.length > 0) await result.write(Buffer.from('\n'));
        await result.copy(part.path, { offset: 0, length: tabular.length });
        queries += tabular.queries ?? 0;
        if (tabular.length > 0) isClosed = tabular.isClosed;
      });
    }
    if (first?.queries !== undefined)
      await result.write(Buffer.from(`# BLAST processed ${queries} queries\n`));
  });
};

/** Joins tables of BLAST, with comments or without. */
export const blast: Merge<Record<string, never>> = {
  name: 'blast',
  description:
    'Joins tabular results of BLAST (-outfmt 6, 7 and 10): the comments of -outfmt 7 stay with their queries, and ' +
    'the number of queries stands once, at the end.',
  parameters: z.strictObject({}),
  how: { kind: 'here', join },
};
