import { describe, expect, it } from 'vitest';
import type { Split } from '../job.ts';
import { commandFiles } from './command-files.ts';

const file = (path: string) => ({ path, size: 1, modifiedAt: 0 });
const inputs = [
  { name: 'reads', ...file('/d/a.fq'), more: [file('/d/b.fq')], partName: 'reads.fq' },
  { name: 'db', ...file('/d/db.fa'), partName: 'db.fa' },
];
const outputs = [{ name: 'out', file: 'out.txt', destination: '/r/out.txt', whenMissing: 'fail' as const }];
const scatter = { strategy: 'scatter', inputs: ['reads'], parameters: {} };
const filesOf = (split?: Split) =>
  Object.fromEntries(commandFiles({ inputs, outputs, ...(split && { split }) }));

describe('commandFiles', () => {
  it('are the parts of inputs that are cut, and all files of the others', () => {
    expect(filesOf()).toEqual({ reads: ['/d/a.fq', '/d/b.fq'], db: ['/d/db.fa'], out: 'out.txt' });
    expect(filesOf({ alternatives: [{ by: [scatter] }] })).toMatchObject({ reads: 'reads.fq' });
  });

  it('refuses several files that are cut in one way and whole in another', () => {
    const both = { alternatives: [{ when: 'mesos', by: [scatter] }, { by: [] }] };
    expect(() => filesOf(both)).toThrow('inputs.reads: has several files, and is cut in some of the ways');
  });
});
