import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinHere } from './join-here.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "it's joined-"));
  mkdirSync(path.join(root, 'place'));
});
afterEach(() => rmSync(root, { recursive: true }));

const { signal } = new AbortController();

describe('joinHere', () => {
  it('tells of a hundred thousand parts, of which much is known', { timeout: 60_000 }, async () => {
    const one = path.join(root, 'one');
    writeFileSync(one, 'of one');
    const label = 'x'.repeat(700);
    const parts = Array.from({ length: 100_000 }, () => ({ path: one, label, values: { number: '7' } }));
    const destination = path.join(root, 'place', 'result');
    await joinHere({ merge: { merge: 'first' }, modules: [], parts, destination }, signal);
    expect(readFileSync(destination, 'utf8')).toBe('of one');
    expect(readdirSync(root).sort()).toEqual(['one', 'place']);
  });

  it('joins parts in order, with their labels and values', async () => {
    const parts = ['b', 'a'].map((name) => ({
      path: path.join(root, name),
      label: name,
      values: { k: name },
    }));
    for (const part of parts) writeFileSync(part.path, part.label);
    const destination = path.join(root, 'place', 'result');
    await joinHere({ merge: { merge: 'collection' }, modules: [], parts, destination }, signal);
    const table = readFileSync(path.join(destination, 'collection.tsv'), 'utf8');
    expect(table).toBe('#element\tfile\tbytes\tk\nb\t1_b\t1\tb\na\t2_a\t1\ta\n');
  });
});
