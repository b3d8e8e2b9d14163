import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aJob } from '../testing/a-job.ts';
import { coresOf, factsNow, keptFacts, keptSeconds } from './plan-facts.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'plan-facts-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const never = new AbortController().signal;
const local = { kind: 'local' } as const;
const jobWhen = (when: string) => aJob({ split: { alternatives: [{ when, by: [] }] } });

describe('what a job is planned by', () => {
  it('stays what it was when it was planned first', async () => {
    const first = await keptFacts(root, false, async () => ({ mesos: true, cores: 8 }));
    expect(first).toEqual({ mesos: true, cores: 8 });
    expect(await keptFacts(root, true, async () => ({ mesos: true, cores: 80 }))).toEqual(first);
  });

  it('is what there is now, as long as nothing has begun', async () => {
    await keptFacts(root, false, async () => ({ mesos: true, cores: 8 }));
    const later = await keptFacts(root, false, async () => ({ mesos: true, cores: 80 }));
    expect(later).toEqual({ mesos: true, cores: 80 });
    expect(await keptFacts(root, true, async () => ({ mesos: true }))).toEqual(later);
  });

  it('keeps how long a part took as it was told first, until it is planned anew', async () => {
    await keptFacts(root, false, async () => ({ mesos: false }));
    expect(await keptSeconds(root, 0, () => undefined)).toBeUndefined();
    expect(await keptSeconds(root, 0, () => 1.5)).toBe(1.5);
    expect(await keptSeconds(root, 1, () => 0)).toBe(0);
    expect(await keptSeconds(root, 0, () => undefined)).toBe(1.5);
    expect(await keptSeconds(root, 1, () => 7)).toBe(0);
    expect(await keptFacts(root, true, async () => ({ mesos: true }))).toEqual({ mesos: false });
    await keptFacts(root, false, async () => ({ mesos: false }));
    expect(await keptSeconds(root, 0, () => 2)).toBe(2);
  });

  it('is not guessed where it was kept, and is torn', async () => {
    writeFileSync(path.join(root, 'plan-facts.json'), '{"mesos":tr');
    await expect(keptFacts(root, true, async () => ({ mesos: true }))).rejects.toMatchObject({
      code: 'UNUSABLE_DIRECTORY',
    });
  });

  it('has the number of cores, for which it is waited if a condition asks for it', async () => {
    let asked = 0;
    const cores = () => (++asked < 3 ? undefined : 16);
    expect(await factsNow(jobWhen('cores > 8'), local, never, cores)).toEqual({ mesos: false, cores: 16 });
    expect(await factsNow(jobWhen('mesos'), local, never, () => undefined)).toEqual({ mesos: false });
  });

  it('tells where tasks are sent files instead of seeing them', async () => {
    const facts = await factsNow(jobWhen('shared'), local, never, () => undefined, false);
    expect(facts).toEqual({ mesos: false, shared: false });
    expect(await keptFacts(root, false, async () => facts)).toEqual(facts);
    expect(await keptFacts(root, true, async () => ({ mesos: true }))).toEqual(facts);
  });

  it('is not waited for by whoever stops', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(factsNow(jobWhen('cores > 8'), local, stopped, () => undefined)).rejects.toThrow();
  });
});

describe('the cores of a cluster', () => {
  const agent = (cpus?: number) => ({
    ...{ id: 'a', hostname: 'a', attributes: {}, attempts: 0 },
    used: { cpus: 0, mem: 0, disk: 0, gpus: 0 },
    ...(cpus !== undefined && { total: { cpus, mem: 1, disk: 1, gpus: 0 } }),
  });

  it('are known where all that every agent has is', () => {
    expect(coresOf([agent(4), agent(2.5)])).toBe(6.5);
    expect(coresOf([agent(4), agent()])).toBeUndefined();
    expect(coresOf([])).toBeUndefined();
  });
});
