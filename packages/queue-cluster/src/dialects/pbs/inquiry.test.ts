import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import { documented, idOf, request, wordsOf } from '../../../test-helpers/inquiries.ts';
import type { BatchJobRequest, QueueAnswer } from '../dialect.ts';
import { inquiryOfPbs } from './inquiry.ts';

const usual = ['id-lab', 'pbs-server', 'pbs-queues', 'pbs-nodes'].map(documented);

const findingsOf = (change: Partial<BatchJobRequest>, answers = usual) =>
  wordsOf(inquiryOfPbs({ ...request, ...change }), answers);

const queueOf = (queue: string, change: Partial<BatchJobRequest> = {}, answers = usual) =>
  findingsOf({ queue, ...change }, answers)[`queue ${queue}`];

describe('what PBS is asked of a batch job', () => {
  it('is about its server, the queue that it would go to, and the nodes', () => {
    const answers = usual
      .with(2, recording('pbs', 'qstat-Q-json'))
      .with(3, recording('pbs', 'pbsnodes-json'));
    expect(findingsOf({}, answers)).toEqual({
      server: 'fine: starts jobs',
      'queue workq': 'fine: takes jobs and starts them',
      nodes: 'fine: 1 of 1 are as big as this, 1 of them up',
    });
    expect(queueOf('short', { walltimeSeconds: 300 }, answers)).toBe(
      'fine: takes jobs and starts them, for at most 00:05:00',
    );
    expect(queueOf('short', {}, answers)).toBe(
      'refused: the queue short takes jobs of at most 0:05:00 of walltime, and this one asks for 1:00:00 of walltime (resources_max.walltime)',
    );
    expect(queueOf('closed', {}, answers)).toBe('refused: the queue closed takes no jobs (enabled = False)');
    expect(findingsOf({ cpus: 7 }, answers).nodes).toBe(
      'refused: no node has 7 cores: the biggest has 6 cores',
    );
    expect(findingsOf({ memMb: 30_000 }, answers).nodes).toBe(
      'refused: no node has 30000 MiB of memory: the biggest has 24105 MiB of memory',
    );
  });

  it.each<[string, Partial<BatchJobRequest>, string]>([
    ['nosuch', {}, 'refused: there is no queue nosuch'],
    ['stopped', {}, 'refused: the queue stopped starts no jobs (started = False)'],
    [
      'fat',
      { cpus: 4 },
      'refused: the queue fat takes jobs of at least 33 cores, and this one asks for 4 cores (resources_min.ncpus)',
    ],
    [
      'fat',
      { cpus: 64, memMb: 2 ** 21 + 1 },
      'refused: the queue fat takes jobs of at most 2097152 MiB of memory, and this one asks for 2097153 MiB of memory (resources_max.mem)',
    ],
    ['fat', { cpus: 64 }, 'fine: takes jobs and starts them'],
    ['genomes', {}, 'fine: takes jobs and starts them'],
    ['short', {}, 'refused: the queue short takes jobs of other queues only (from_route_only)'],
    ['day', {}, 'fine: hands jobs on to short, long, for at most 720:00:00'],
    ['day', { walltimeSeconds: 86_400 }, 'fine: hands jobs on to short, long, for at most 720:00:00'],
  ])('has the queue %s say what it makes of %o', (queue, change, expected) => {
    expect(queueOf(queue, change)).toBe(expected);
  });

  it('is not taken by a queue behind which no other takes it', () => {
    expect(queueOf('day', { walltimeSeconds: 86_400, cpus: 17 })).toMatch(
      /^refused: the queue day hands jobs on, and none of the queues behind it takes this one: the queue short .*; the queue long takes jobs of at most 16 cores/,
    );
  });

  it('is nothing for users and groups that are on no list', () => {
    const judy = usual.with(0, documented('id-judy'));
    expect(queueOf('genomes', {}, judy)).toBe(
      'refused: the queue genomes does not let in the groups of judy (users): acl_groups is genomes,proteins',
    );
    expect(queueOf('private', {}, judy)).toMatch(
      /^refused: the queue private does not let in the user judy: /,
    );
    const eve = usual.with(0, idOf('eve'));
    expect(queueOf('private', {}, eve)).toBe('fine: takes jobs and starts them');
    const nobody = usual.with(0, { exitCode: 1, stdout: '', stderr: 'id: cannot find name\n' });
    expect(findingsOf({ queue: 'private' }, nobody)).toMatchObject({
      user: 'unclear: no answer: id: cannot find name',
      'queue private': 'unclear: it has a list of who may enter, and who asks is not known',
    });
  });

  it('counts what a machine has in all its parts, and only those of its queue', () => {
    expect(findingsOf({ cpus: 64, queue: 'fat' }).nodes).toBe(
      'fine: 2 of 3 are as big as this, 1 of them up',
    );
    expect(findingsOf({ cpus: 100, queue: 'fat' }).nodes).toBe(
      'refused: 1 of 3 are as big as this, none of them up',
    );
    expect(findingsOf({ gpus: 1, queue: 'fat', cpus: 64 }).nodes).toBe(
      'refused: no node has 1 GPU: the biggest has 0 GPUs',
    );
    expect(findingsOf({ gpus: 4, queue: 'gpu' }).nodes).toBe('fine: 1 of 1 are as big as this, 1 of them up');
    expect(findingsOf({ gpus: 4, queue: 'day' }).nodes).toBe('fine: 1 of 4 are as big as this, 1 of them up');
    const both = { queue: 'gpu', gpus: 4, cpus: 64, memMb: 512_001 };
    expect(findingsOf(both).nodes).toBe(
      'refused: no node has 512001 MiB of memory: the biggest has 512000 MiB of memory',
    );
  });

  it('counts the nodes that a queue has its jobs ask for', () => {
    expect(findingsOf({ queue: 'marked', cpus: 32 }).nodes).toBe(
      'fine: 1 of 1 are as big as this, 1 of them up',
    );
    expect(findingsOf({ queue: 'marked', cpus: 33 }).nodes).toBe(
      'refused: no node has 33 cores: the biggest has 32 cores',
    );
  });

  it('knows a queue with its server, and none of another one', () => {
    expect(findingsOf({ queue: 'genomes@localhost' })['queue genomes']).toBe(
      'fine: takes jobs and starts them',
    );
    expect(findingsOf({ queue: 'genomes@localhost.example' })).toHaveProperty('queue genomes');
    expect(queueOf('genomes@other')).toBe('refused: genomes@other is a queue of another server');
  });

  it('needs a queue where the server has none of its own', () => {
    const server = documented('pbs-server');
    const stdout = server.stdout.replace('default_queue', 'other');
    expect(findingsOf({}, usual.with(1, { ...server, stdout })).queue).toBe(
      'refused: the server has no queue for jobs that name none',
    );
    expect(findingsOf({}, usual.with(1, { ...server, exitCode: null })).queue).toBe(
      'unclear: no answer: nobody knows to which one the job would go',
    );
  });

  it('is of no use where the server starts nothing, and is told so', () => {
    const idle = usual.with(1, documented('pbs-server-idle'));
    expect(findingsOf({ queue: 'fat', cpus: 64 }, idle)).toMatchObject({
      server: 'refused: the server starts no jobs (scheduling = False)',
    });
  });

  it('leaves out what the extra lines of a site may say otherwise', () => {
    const extra = ['#PBS -l select=1:ncpus=640', '#PBS -q gpu'];
    expect(findingsOf({ extra, cpus: 640 })).toEqual({
      server: 'fine: starts jobs',
      queue: 'unclear: an extra line names it: say it as `queue`, and it can be asked what it takes',
      nodes: 'fine: 4 of 4 are told, 3 of them up',
    });
  });

  it('finds that there is no answer in what says something else', () => {
    const empty = { exitCode: 0, stdout: '{"Queue":{"fat":{}},"Server":{"x":{}},"nodes":{}}', stderr: '' };
    expect(findingsOf({ queue: 'fat' }, [empty, empty, empty, empty])).toEqual({
      user: expect.stringMatching(/^unclear: no answer/),
      server: expect.stringMatching(/^unclear: no answer/),
      'queue fat': expect.stringMatching(/^unclear: no answer/),
      nodes: expect.stringMatching(/^unclear: no answer/),
    });
    // Nodes that tell no sizes may have any.
    const silent = { ...empty, stdout: '{"nodes":{"n":{"state":"free"}}}' };
    expect(findingsOf({}, usual.with(3, silent)).nodes).toBe('fine: 1 of 1 are as big as this, 1 of them up');
  });

  it('comes to findings whatever JSON says', { timeout: 60_000 }, () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const name = fc.constantFrom(
      'fat',
      'enabled',
      'started',
      'resources_max',
      'acl_users',
      'state',
      'queue_type',
    );
    const parts = fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value)));
    const mishap = /undefined|NaN|Infinity|\[object/;
    const answer = fc
      .record({ Server: parts, Queue: parts, nodes: parts }, { requiredKeys: [] })
      .map((json): QueueAnswer => ({ exitCode: 0, stdout: JSON.stringify(json), stderr: '' }))
      // Findings quote the answer, which may have such a word of its own.
      .filter(({ stdout }) => !mishap.test(stdout));
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), (answers) => {
        const found = Object.values(findingsOf({ queue: 'fat' }, answers));
        expect(found.length).toBeGreaterThanOrEqual(3);
        expect(found.join()).not.toMatch(mishap);
      }),
    );
  });
});
