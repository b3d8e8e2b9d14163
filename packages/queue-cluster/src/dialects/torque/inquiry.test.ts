// Torque was not to be had: what it answers here is written after its documentation.
import { describe, expect, it } from 'vitest';
import { documented, idOf, request, wordsOf } from '../../../test-helpers/inquiries.ts';
import type { BatchJobRequest } from '../dialect.ts';
import { inquiryOfTorque } from './inquiry.ts';

const usual = ['id-lab', 'torque-server', 'torque-queues', 'torque-nodes'].map(documented);

const findingsOf = (change: Partial<BatchJobRequest>, answers = usual) =>
  wordsOf(inquiryOfTorque({ ...request, ...change }), answers);

describe('what Torque is asked of a batch job', () => {
  it('is about its server, its queue, and its nodes', () => {
    expect(findingsOf({})).toEqual({
      server: 'fine: starts jobs',
      'queue batch': 'fine: takes jobs and starts them, for at most 24:00:00',
      nodes: 'fine: 2 of 2 are as big as this, 1 of them up',
    });
  });

  it('finds what is too much for its queues and nodes', () => {
    expect(findingsOf({ walltimeSeconds: 100_000, cpus: 65 })).toMatchObject({
      'queue batch':
        'refused: the queue batch takes jobs of at most 24:00:00 of walltime, and this one asks for 27:46:40 of walltime (resources_max.walltime)',
      nodes: 'refused: no node has 65 cores: the biggest has 64 cores',
    });
    expect(findingsOf({ cpus: 9, gpus: 1 }).nodes).toBe(
      'refused: no node has 9 cores and 2048 MiB of memory and 1 GPU together',
    );
    expect(findingsOf({ cpus: 64, memMb: 40_000 }).nodes).toBe(
      'refused: 1 of 2 are as big as this, none of them up',
    );
    expect(findingsOf({ queue: 'closed' })['queue closed']).toBe(
      'refused: the queue closed takes no jobs (enabled = False)',
    );
  });

  it('lets in whom one of two lists knows, also on lines that go on', () => {
    const olivia = usual.with(0, idOf('olivia'));
    expect(findingsOf({ queue: 'genomes' }, olivia)['queue genomes']).toBe(
      'fine: takes jobs and starts them',
    );
    expect(findingsOf({ queue: 'genomes', cpus: 17 }, olivia)['queue genomes']).toMatch(/procct/);
    expect(findingsOf({ queue: 'genomes' })['queue genomes']).toMatch(
      /^refused: .* does not let in the user lab/,
    );
  });

  it('finds no answer in what is cut, or something else', () => {
    const cut = usual.map((answer) => ({ ...answer, stdout: answer.stdout.slice(0, 60) }));
    expect(findingsOf({ queue: 'batch' }, cut)).toMatchObject({
      server: expect.stringMatching(/^unclear: no answer/),
      'queue batch': expect.stringMatching(/^unclear: no answer/),
      nodes: expect.stringMatching(/^unclear: no answer/),
    });
  });
});
