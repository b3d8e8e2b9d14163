import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cutCommand, type Part, type PlanInput, planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';
import { sidecarIn } from '../src/testing/sidecar-in.ts';

/** A part as a task has it before its command runs. */
export interface CutPart {
  readonly part: Part;
  /** Paths of what was cut, by the names of the inputs. */
  readonly files: Readonly<Record<string, string>>;
}

/** Plans in a directory, and cuts every part there as tasks do, by a plain shell. */
export async function carryOut(
  split: { readonly strategy: string; readonly parameters: unknown },
  inputs: readonly PlanInput[],
  directory: string,
): Promise<readonly CutPart[]> {
  await mkdir(directory, { recursive: true });
  const context = planContext({ sidecar: await sidecarIn(join(directory, 'sidecar')) });
  const parts = await Array.fromAsync(planSplit(split, inputs, context));
  return parts.map((part) => {
    const files: Record<string, string> = {};
    for (const { input, pieces, beside = [] } of part.slices) {
      const file = join(directory, `${part.index}-${input}`);
      files[input] = file;
      const commands = [cutCommand(pieces, file)];
      for (const other of beside) commands.push(cutCommand(other.pieces, file + other.suffix));
      execFileSync('/bin/sh', ['-c', commands.join(' && ')], { cwd: directory, maxBuffer: 1e8 });
    }
    return { part, files };
  });
}
