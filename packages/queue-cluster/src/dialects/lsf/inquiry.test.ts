// No LSF was to be had: what it answers here is written after its documentation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documented, idOf, request, wordsOf } from '../../../test-helpers/inquiries.ts';
import type { BatchJobRequest } from '../dialect.ts';
import { inquiry } from './inquiry.ts';

const usual = ['id-lab', 'lsf-queues', 'lsf-batch-hosts', 'lsf-load-hosts', 'lsf-parameters'].map(documented);

const findingsOf = (change: Partial<BatchJobRequest>, answers = usual) =>
  wordsOf(inquiry({ ...request, ...change }), answers);

const queueOf = (queue: string, change: Partial<BatchJobRequest> = {}, answers = usual) =>
  findingsOf({ queue, ...change }, answers)[`queue ${queue}`];

describe('what LSF is asked of a batch job', () => {
  it('is about its queue and its hosts', () => {
    expect(findingsOf({ queue: 'normal' })).toEqual({
      'queue normal': 'fine: Open:Active: takes jobs and starts them',
      nodes: 'fine: 3 of 3 are as big as this, 2 of them up',
    });
    expect(inquiry({ ...request, queue: 'normal' }).commands).toHaveLength(4);
  });

  it('is about the first of its own queues that takes a job which names none', () => {
    expect(findingsOf({})).toHaveProperty(
      'queue short',
      'fine: Open:Active: takes jobs and starts them; MEMLIMIT is 20 G',
    );
    expect(findingsOf({ cpus: 16 })).toHaveProperty(
      'queue normal',
      'fine: Open:Active: takes jobs and starts them',
    );
    const short = { exitCode: 0, stdout: 'Default Queues:  short\n', stderr: '' };
    expect(findingsOf({ cpus: 16 }, usual.with(4, short))).toHaveProperty(
      'queue short',
      'refused: the queue short takes jobs of at most 8 cores, and this one asks for 16 cores (TASKLIMIT)',
    );
    expect(findingsOf({}, usual.slice(0, 4)).queue).toBe('unclear: it was not asked');
    const missing = { exitCode: 127, stdout: '', stderr: 'bparams: command not found\n' };
    expect(findingsOf({}, usual.with(4, missing)).queue).toBe('refused: bparams: command not found');
  });

  it.each<[string, Partial<BatchJobRequest>, string]>([
    ['nosuch', {}, 'refused: there is no queue nosuch'],
    [
      'short',
      { walltimeSeconds: 3601 },
      'refused: the queue short takes jobs of at most 1:00:00 of walltime, and this one asks for 1:00:01 of walltime (RUNLIMIT)',
    ],
    [
      'short',
      { cpus: 1 },
      'refused: the queue short takes jobs of at least 2 cores, and this one asks for 1 core (TASKLIMIT)',
    ],
    ['night', {}, 'refused: the queue night does not let in the user lab: its USERS are ann bob'],
    ['genomes', {}, 'refused: the queue genomes starts no jobs (Open:Inact_Adm)'],
    ['old', {}, 'refused: the queue old takes no jobs (Closed:Active)'],
  ])('has the queue %s say what it makes of %o', (queue, change, expected) => {
    expect(queueOf(queue, change)).toBe(expected);
  });

  it('knows users by name, and queues that begin by the clock', () => {
    const is = (user: string) => usual.with(0, idOf(user));
    expect(queueOf('night', {}, is('ann'))).toBe(
      'fine: Open:Inact_Win: takes jobs, and starts them in its windows of time only',
    );
    expect(queueOf('short', {}, is('mallory'))).toMatch(/does not let in the user mallory/);
  });

  it('looks at the hosts that a queue names, where all of them are hosts', () => {
    expect(findingsOf({ queue: 'short', memMb: 300_000 }).nodes).toBe(
      'refused: no node has 300000 MiB of memory: the biggest has 257638 MiB of memory',
    );
    expect(findingsOf({ queue: 'normal', cpus: 33 }).nodes).toBe(
      'refused: 1 of 3 are as big as this, none of them up',
    );
    expect(findingsOf({ queue: 'night', cpus: 32 }).nodes).toBe(
      'fine: 2 of 3 are as big as this, 1 of them up',
    );
  });

  it('leaves out what the extra lines of a site may say otherwise', () => {
    expect(findingsOf({ extra: ['#BSUB -q other', '#BSUB -n 512'] })).toMatchObject({
      queue: expect.stringMatching(/^unclear/),
      nodes: expect.stringMatching(/^fine: 3 of 3 are told/),
    });
  });

  it('comes to findings whatever lists and tables say', { timeout: 60_000 }, () => {
    const { stdout } = documented('lsf-queues');
    const mishap = /undefined|NaN|Infinity/;
    // Findings quote the answers, which may have such a word of their own.
    const text = fc.string({ maxLength: 20 }).filter((word) => !mishap.test(word));
    const changed = fc
      .tuple(fc.nat(stdout.length), fc.nat(200), text)
      .map(([at, length, word]) => stdout.slice(0, at) + word + stdout.slice(at + length));
    fc.assert(
      fc.property(changed, text, (queues, hosts) => {
        const answers = [queues, hosts, `HOST_NAME ${hosts}`].map((text) => ({
          exitCode: 0,
          stdout: text,
          stderr: '',
        }));
        const found = findingsOf({ queue: 'short' }, [documented('id-lab'), ...answers]);
        expect(Object.values(found).join()).not.toMatch(mishap);
      }),
    );
  });
});
