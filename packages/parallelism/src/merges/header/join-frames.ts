import type { RecordFormat } from '@galaxy-mesos/formats';
import { expectSameCompression } from '../files/expect-same-compression.ts';
import { lineEndOf } from '../files/line-end.ts';
import { type NumberedPart, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import { statements } from '../files/statements.ts';
import type { JoinRequest } from '../merge.ts';
import { Joiner } from './joiner.ts';
import { type PartFrame, readFrame, withOwnFooter } from './part-frame.ts';

/** Makes one header of those of the parts. */
export interface HeaderUnion {
  /** Is told of each part that is not empty, in order. @throws FormatError if it does not go with the others */
  add(frame: PartFrame): void;
  /** The header of the result. */
  readonly header: Uint8Array;
}

const noBytes = new Uint8Array(0);

/** The frames of the parts that are not empty, or one of an empty part, if all are; their headers are united. */
export const framesOf = async (
  parts: readonly NumberedPart[],
  format: RecordFormat,
  union: HeaderUnion,
  signal: AbortSignal | undefined,
): Promise<readonly PartFrame[]> => {
  const frames: PartFrame[] = [];
  let empty: PartFrame | undefined;
  for (const part of parts) {
    await withPart(part, async () => {
      const frame = await withOwnFooter(await readFrame(part, format, signal), format, signal);
      if (frame.isEmpty) {
        empty ??= frame;
        return;
      }
      if (frames[0] !== undefined) expectSameCompression(frames[0], frame);
      union.add(frame);
      // The union has what is needed of the others' headers; holding each would take memory by their number.
      frames.push(frames.length === 0 ? frame : { ...frame, header: noBytes });
    });
  }
  return frames.length === 0 && empty !== undefined ? [empty] : frames;
};

/** Whether the file begins with this header, so that both can be copied in one piece. */
export const beginsWith = (first: PartFrame, header: Uint8Array): boolean =>
  first.header.length === first.from && Buffer.compare(first.header, header) === 0;

/** Writes the united header, the records of all parts, and the footer of the first. Empty parts are passed over. */
export const joinFrames = async (
  request: Pick<JoinRequest<unknown>, 'destination' | 'signal'>,
  parts: readonly NumberedPart[],
  format: RecordFormat,
  union: HeaderUnion,
): Promise<void> => {
  const { signal } = request;
  const frames = await framesOf(parts, format, union, signal);
  const [first] = frames;
  if (first === undefined) return;
  const lineEnd = statements.has(format.name) ? undefined : await lineEndOf(first.part.path, signal);
  await writeResult(request, async (result) => {
    const joiner = new Joiner(result, first.compression, { lineEnd, signal });
    const isBeginning = beginsWith(first, union.header);
    if (!isBeginning) await joiner.bytes(union.header);
    for (const frame of frames) {
      const from = frame === first && isBeginning ? 0 : frame.from;
      const to = frame.footer.length === 0 ? undefined : frame.to;
      await withPart(frame.part, () => joiner.stretch({ path: frame.part.path, from, to }));
    }
    await joiner.bytes(first.footer);
    await joiner.end();
  });
};
