import { describe, expect, it } from 'vitest';
import { recording } from '../../../../../test-fixtures/queues/recordings.ts';
import type { QueueAnswer } from '../dialect.ts';
import { sge } from './index.ts';

const said = (stdout: string, exitCode = 0): QueueAnswer => ({ exitCode, stdout, stderr: '' });
const refused = (stderr: string): QueueAnswer => ({ exitCode: 1, stdout: '', stderr });
const down = recording('sge', 'qstat-qmaster-down');

const probes = Object.fromEntries(
  [...sge.probes({}), ...sge.probes({ queue: 'short.q', account: 'genomes' })].map((probe) => [
    probe.subject,
    probe,
  ]),
);
const judged = (subject: string, answer: QueueAnswer) => probes[subject]?.judge(answer);

describe('what doctor has Grid Engine say', () => {
  it('looks at queue and project only where they are named', () => {
    expect(Object.keys(probes)).toEqual([
      'qstat',
      'queues',
      'parallel environments',
      'memory and GPUs',
      'queue short.q',
      'project genomes',
    ]);
  });

  it('knows its own qstat from others', () => {
    expect(judged('qstat', said('SGE 8.1.9\nusage: qstat [options]\n'))).toEqual({
      state: 'ok',
      text: 'SGE 8.1.9',
    });
    expect(judged('qstat', { exitCode: 2, stdout: '', stderr: 'usage: qstat [-f] [-J]' })?.state).toBe(
      'problem',
    );
    expect(judged('qstat', { exitCode: 127, stdout: '', stderr: 'qstat: not found' })).toEqual({
      state: 'problem',
      text: expect.stringContaining('PATH'),
    });
  });

  it('lists the queues, and tells the limit of one', () => {
    expect(judged('queues', recording('sge', 'qconf-sql'))).toEqual({ state: 'ok', text: 'all.q, short.q' });
    expect(judged('queue short.q', recording('sge', 'qconf-sq'))).toEqual({
      state: 'ok',
      text: 'jobs run up to 00:05:00',
    });
  });

  it('tells of a queue and a project that are not there', () => {
    const queue = refused('No cluster queue or queue instance matches the phrase "short.q"\n');
    expect(judged('queue short.q', queue)).toEqual({
      state: 'problem',
      text: expect.stringContaining('short.q'),
    });
    expect(judged('project genomes', refused('genomes is not known as a project\n'))?.state).toBe('problem');
    expect(judged('project genomes', said('name genomes\n'))?.state).toBe('ok');
  });

  it('tells whether several cpus can be asked for', () => {
    expect(judged('parallel environments', recording('sge', 'qconf-spl'))?.state).toBe('ok');
    expect(judged('parallel environments', said('mpi\nthreads\n'))).toEqual({
      state: 'note',
      text: expect.stringMatching(/#\$ -pe NAME.*mpi, threads/),
    });
  });

  it('tells what the site shares out', () => {
    const sc = recording('sge', 'qconf-sc');
    expect(judged('memory and GPUs', sc)?.state).toBe('ok');
    const row = 'gpu                 gpu        INT         <=    YES         YES        0        0\n';
    expect(judged('memory and GPUs', said(sc.stdout + row))).toEqual({
      state: 'note',
      text: expect.stringContaining('gpu'),
    });
  });

  it('tells that the qmaster does not answer', () => {
    for (const subject of [
      'queues',
      'queue short.q',
      'parallel environments',
      'project genomes',
      'memory and GPUs',
    ])
      expect(judged(subject, down)).toEqual({
        state: 'problem',
        text: expect.stringContaining('Connection refused'),
      });
  });
});
