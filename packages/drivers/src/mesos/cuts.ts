import type { mesos } from '@galaxy-mesos/mesos-client';
import type { VolumeDemand } from '@galaxy-mesos/scheduler';
import { holdsNumber, mergeRanges, withoutNumbers } from '../number-ranges.ts';
import { rangesOf } from './agent-resources.ts';
import { amountOf, diskIdOf, kindOf } from './pieces.ts';

/** What was taken of some pieces, and what is left of them. */
export interface Parts {
  readonly taken: readonly mesos.Resource[];
  readonly left: readonly mesos.Resource[];
}

/** Takes one thing out of pieces, each of which keeps the role and reservation it was offered with. */
export type Cut = (pieces: readonly mesos.Resource[]) => Parts | undefined;

type PieceTest = (piece: mesos.Resource) => boolean;

/** An amount in thousandths of the scalar with this name. */
export const cutScalar =
  (name: string, wanted: number, isFrom: PieceTest): Cut =>
  (pieces) => {
    let missing = wanted;
    const taken: mesos.Resource[] = [];
    const left = pieces.map((piece) => {
      if (missing <= 0 || piece.name !== name || !isFrom(piece)) return piece;
      const here = Math.min(missing, amountOf(piece));
      // Mesos refuses a piece of nothing.
      if (here <= 0) return piece;
      missing -= here;
      taken.push({ ...piece, scalar: { value: here / 1000 } });
      return { ...piece, scalar: { value: (amountOf(piece) - here) / 1000 } };
    });
    return missing > 0 ? undefined : { taken, left };
  };

const isPlain = (piece: mesos.Resource): boolean => kindOf(piece) === 'plain';

const rangesFrom = (ranges: ReturnType<typeof rangesOf>): mesos.Value.Ranges => ({
  range: ranges.map(({ begin, end }) => ({ begin: BigInt(begin), end: BigInt(end) })),
});

/** These ports. */
export const cutPorts =
  (wanted: readonly number[]): Cut =>
  (pieces) => {
    const missing = new Set(wanted);
    // A port can be had once only.
    if (missing.size < wanted.length) return undefined;
    const taken: mesos.Resource[] = [];
    const left = pieces.map((piece) => {
      if (piece.name !== 'ports' || !isPlain(piece)) return piece;
      const offered = rangesOf(piece);
      const here = [...missing].filter((port) => holdsNumber(offered, port));
      if (here.length === 0) return piece;
      for (const port of here) missing.delete(port);
      const ranges = mergeRanges(here.map((port) => ({ begin: port, end: port })));
      taken.push({ ...piece, ranges: rangesFrom(ranges) });
      return { ...piece, ranges: rangesFrom(withoutNumbers(offered, here)) };
    });
    return missing.size > 0 ? undefined : { taken, left };
  };

/** These items of the set with this name. */
export const cutItems =
  (name: string, wanted: readonly string[]): Cut =>
  (pieces) => {
    const missing = new Set(wanted);
    const taken: mesos.Resource[] = [];
    const left = pieces.map((piece) => {
      if (piece.name !== name || piece.type !== 'SET' || !isPlain(piece)) return piece;
      const { item: offered = [] } = piece.set ?? {};
      const here = offered.filter((item) => missing.delete(item));
      if (here.length === 0) return piece;
      taken.push({ ...piece, set: { item: here } });
      return { ...piece, set: { item: offered.filter((item) => !here.includes(item)) } };
    });
    return missing.size > 0 ? undefined : { taken, left };
  };

/** So many items of the set with this name, whichever. */
export const cutAnyItems =
  (name: string, count: number): Cut =>
  (pieces) => {
    const offered = pieces.flatMap((piece) =>
      piece.name === name && piece.type === 'SET' && isPlain(piece) ? (piece.set?.item ?? []) : [],
    );
    return offered.length < count ? undefined : cutItems(name, offered.slice(0, count))(pieces);
  };

/** A volume, which the task finds at a path of its own; one that is shared stays for others. */
export const cutVolume =
  ({ persistenceId, containerPath, readOnly = false }: VolumeDemand): Cut =>
  (pieces) => {
    const found = pieces.find(
      (piece) => kindOf(piece) === 'volume' && piece.disk?.persistence?.id === persistenceId,
    );
    if (found === undefined) return undefined;
    const volume = { mode: readOnly ? 'RO' : 'RW', container_path: containerPath } as const;
    return {
      taken: [{ ...found, disk: { ...found.disk, volume } }],
      left: found.shared === undefined ? pieces.filter((piece) => piece !== found) : pieces,
    };
  };

/** A disk, which is had whole. */
export const cutDisk =
  (id: string): Cut =>
  (pieces) => {
    const found = pieces.find((piece) => kindOf(piece) === 'mount' && diskIdOf(piece) === id);
    return found && { taken: [found], left: pieces.filter((piece) => piece !== found) };
  };
