import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { cutCommand, quoteForShell } from '@galaxy-mesos/parallelism';
import type { HandedPart } from '../../planning/planned-data.ts';
import type { ChosenInputs } from './choose-inputs.ts';

/** What stands before the names of a part's values in the environment of its tool, such as `GALAXY_PART_seed`. */
export const valuePrefix = 'GALAXY_PART_';

/** The name of a part's file beside the attempt script. */
export const partFile = (index: number): string => String(index).padStart(6, '0');

/**
 * Text of bash that is read in the tree of an attempt at a part: it puts the part's slices in the place of the inputs
 * there, which are links or not there yet, and sets the part's values.
 */
export function partScript(
  { inputs, indexes }: ChosenInputs,
  part: Pick<HandedPart, 'slices' | 'values'>,
): string {
  const lines = Object.entries(part.values ?? {}).map(
    ([name, value]) => `export ${valuePrefix}${name}=${quoteForShell(value)}`,
  );
  const cut = part.slices.flatMap(({ input, pieces, beside = [] }) => {
    const place = partNameOf(input, inputs);
    return [
      { place, pieces },
      ...beside.map((other) => ({ place: place + other.suffix, pieces: other.pieces })),
    ];
  });
  const removed = [
    ...(cut.length > 0 ? indexes : []).map(({ partName }) => partName),
    ...cut.map(({ place }) => place),
  ];
  if (removed.length > 0) lines.push(`rm -f -- ${removed.map(quoteForShell).join(' ')} || return`);
  const directories = new Set(cut.map(({ place }) => place.slice(0, place.lastIndexOf('/'))));
  if (directories.size > 0)
    lines.push(`mkdir -p -- ${[...directories].map(quoteForShell).join(' ')} || return`);
  for (const { place, pieces } of cut) lines.push(`${cutCommand(pieces, place)} || return`);
  return `${[...lines, 'true'].join('\n')}\n`;
}

function partNameOf(name: string, inputs: Job['inputs']): string {
  const input = inputs.find((candidate) => candidate.name === name);
  if (!input) throw new Error(`a part has a slice of ${name}, which is no input`);
  return input.partName;
}
