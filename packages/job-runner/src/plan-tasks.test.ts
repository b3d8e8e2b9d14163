import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TaskSpec } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planTasks } from './plan-tasks.ts';
import { TaskBook } from './task-book.ts';
import { aJob } from './testing/a-job.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'plan-tasks-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A job of so many parts, of one record each. */
function jobOf(records: number) {
  const file = path.join(root, 'genes.fasta');
  writeFileSync(file, '>a\nACGT\n'.repeat(records));
  const input = { name: 'genes', path: file, size: 8 * records, modifiedAt: 0, partName: 'part.fasta' };
  const step = { strategy: 'records', inputs: ['genes'], parameters: { format: 'fasta', size: 1 } };
  return aJob({ inputs: [input], split: { alternatives: [{ by: [step] }] } });
}

describe('planTasks', () => {
  it('hands over tasks while later ones are looked for, each once and in order', async () => {
    const handed: string[] = [];
    let isPlanned = false;
    let batches = 0;
    const submit = async (specs: readonly TaskSpec[]) => {
      expect(isPlanned).toBe(false);
      expect(specs.length).toBeLessThanOrEqual(1000);
      batches += 1;
      handed.push(...specs.map(({ id }) => id));
    };
    const signal = new AbortController().signal;
    const run = {
      job: jobOf(2500),
      directory: root,
      driver: { kind: 'local' },
      listener: () => {},
      book: new TaskBook(),
      signal,
    } as const;
    const { records, plan } = await planTasks(run, submit);
    isPlanned = true;
    expect(records).toBe(2500);
    expect(plan.parts).toHaveLength(2500);
    expect(batches).toBeGreaterThanOrEqual(3);
    expect(handed).toEqual([...new Set(handed)].sort());
    expect(handed).toHaveLength(2500);
  });

  it('hands over nothing more once it is interrupted', async () => {
    const stop = new AbortController();
    let batches = 0;
    const submit = async () => {
      batches += 1;
      stop.abort(new Error('enough'));
    };
    const { signal } = stop;
    const run = {
      job: jobOf(5000),
      directory: root,
      driver: { kind: 'local' },
      listener: () => {},
      book: new TaskBook(),
      signal,
    } as const;
    await expect(planTasks(run, submit)).rejects.toThrow('enough');
    expect(batches).toBe(1);
  });
});
