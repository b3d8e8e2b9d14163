import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { cutCommand, quoteForShell } from '@galaxy-mesos/parallelism';
import type { HandedPart } from '../../planning/planned-data.ts';
import type { ChosenInputs } from './choose-inputs.ts';

/** What an attempt at a part has in the place of inputs. */
export interface PartScript {
  /**
   * Text of bash that is read in the tree of an attempt: it puts the part's slices in the place of the inputs there,
   * which are links or not there yet.
   */
  readonly text: string;
  /** Of what it puts there, or takes away, below the directory of the job. */
  readonly names: readonly string[];
}

/** The last line of the text: of one that a loss of power has cut short nobody takes the whole inputs for its slices. */
const partTaken = 'part_taken=yes';

/** What a part begins with. */
export function partScript(
  { inputs, indexes }: ChosenInputs,
  { slices }: Pick<HandedPart, 'slices'>,
): PartScript {
  const cut = slices.flatMap(({ input, pieces, beside = [] }) => {
    const place = partNameOf(input, inputs);
    return [
      { place, pieces },
      ...beside.map((other) => ({ place: place + other.suffix, pieces: other.pieces })),
    ];
  });
  if (cut.length === 0) return { text: `${partTaken}\n`, names: [] };
  const places = cut.map(({ place }) => place);
  const names = [...new Set([...indexes.map(({ partName }) => partName), ...places])];
  // Also of what is taken away: an input from elsewhere is then looked for there, and not found where it was.
  const directories = new Set(names.map((name) => name.slice(0, name.lastIndexOf('/'))));
  const lines = [
    `rm -f -- ${names.map(quoteForShell).join(' ')} || return`,
    `mkdir -p -- ${[...directories].map(quoteForShell).join(' ')} || return`,
    ...cut.map(({ place, pieces }) => `${cutCommand(pieces, place)} || return`),
    partTaken,
  ];
  return { text: `${lines.join('\n')}\n`, names };
}

function partNameOf(name: string, inputs: Job['inputs']): string {
  const input = inputs.find((candidate) => candidate.name === name);
  if (!input) throw new Error(`a part has a slice of ${name}, which is no input`);
  return input.partName;
}
