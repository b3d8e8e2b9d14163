import { type Job, jobSchema } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import { describeMapJob, type MapRequest } from './describe-map-job.ts';
import type { InputFile } from './input-files.ts';

const file = (name: string, path: string): InputFile => ({ name, path, size: 10, modifiedAt: 5 });
const work = { cpus: 2, mem: 512, disk: 0, gpus: 0, retries: 3 };

const request = (changes: Partial<MapRequest> = {}): MapRequest => ({
  inputs: [file('input', '/data/reads.fa')],
  output: '/results/hits.tsv',
  command: ['grep -c A {input}'],
  work,
  ...changes,
});
const describeJob = (changes: Partial<MapRequest> = {}) => describeMapJob('job-1', request(changes));
const stepOf = (job: Job) => job.split?.alternatives[0]?.by[0];

describe('describeMapJob', () => {
  it('describes a job that is valid, with what a task may use in its environment', async () => {
    const job = await describeJob({ wishes: { size: 7 } });
    expect(jobSchema.parse(job)).toEqual(job);
    expect(job).toMatchObject({
      ...{ id: 'job-1', name: 'hits.tsv', shell: '/bin/sh', retries: 3 },
      resources: { cpus: 2, mem: 512, disk: 0 },
      environment: { GALAXY_SLOTS: '2', GALAXY_MEMORY_MB: '512' },
      split: {
        alternatives: [
          { by: [{ strategy: 'records', inputs: ['input'], parameters: { format: 'fasta', size: 7 } }] },
        ],
      },
    });
  });

  it('makes 20 parts where nothing is said of their number or size', async () => {
    expect(stepOf(await describeJob())?.parameters).toEqual({ format: 'fasta', parts: 20 });
    expect(stepOf(await describeJob({ wishes: { parts: 3 } }))?.parameters).toEqual({
      format: 'fasta',
      parts: 3,
    });
  });

  it('leaves it to the strategy how much makes a part of so many minutes', async () => {
    expect(stepOf(await describeJob({ wishes: { minutes: 2.5 } }))?.parameters).toEqual({
      format: 'fasta',
      minutes: 2.5,
    });
  });

  it('captures what the command prints, unless the command writes {output}', async () => {
    expect(await describeJob()).toMatchObject({
      command: 'grep -c A input.fa',
      standardOutput: 'output.tsv',
    });
    const job = await describeJob({ command: ['sort {input} > {output}'] });
    expect(job.command).toBe('sort input.fa > output.tsv');
    expect(job.standardOutput).toBeUndefined();
  });

  it('shares the inputs that are not split, by their own paths', async () => {
    const job = await describeJob({
      inputs: [file('db', "/d/it's.fa"), file('genes', '/d/genes.faa')],
      wishes: { split: 'genes=fasta' },
      command: ['x -d {db} {genes}'],
    });
    expect(job.command).toBe("x -d '/d/it'\\''s.fa' genes.faa");
    expect(stepOf(job)?.inputs).toEqual(['genes']);
  });

  it('takes the format from --split, or from the name of the file', async () => {
    const said = { inputs: [file('input', '/d/x')], wishes: { split: 'fasta' } };
    expect(stepOf(await describeJob(said))?.parameters).toMatchObject({ format: 'fasta' });
    await expect(describeJob({ inputs: [file('input', '/d/x')] })).rejects.toThrow(
      '/d/x: its name does not tell its format; say it with --split (fasta',
    );
  });

  it('takes the merge from --merge, or leaves it to the strategy and the name of the output', async () => {
    expect((await describeJob({ output: '/r/without-extension' })).outputs[0]).toEqual({
      ...{ name: 'output', file: 'output', whenMissing: 'fail', destination: '/r/without-extension' },
    });
    await expect(describeJob({ output: '/r/x.pdf' })).rejects.toThrow('[NO_MERGE]');
    const merges = [{ merge: 'concat' }];
    expect((await describeJob({ output: '/r/x.pdf', merges })).outputs[0]?.merges).toEqual(merges);
  });

  it('leaves the values of a strategy in the command, as names', async () => {
    const job = await describeJob({
      inputs: [],
      command: ['run --seed {seed} > {output}'],
      wishes: { strategy: 'replicate', set: { replicates: 3 } },
    });
    expect(job.command).toBe('run --seed {seed} > output.tsv');
    expect(stepOf(job)).toEqual({ strategy: 'replicate', inputs: [], parameters: { replicates: 3 } });
  });

  it('takes a plan in the place of options, and cuts what any of its alternatives cuts', async () => {
    const by = [{ strategy: 'records', inputs: ['input'], parameters: { format: 'fasta', size: 5 } }];
    const plan = {
      split: { alternatives: [{ when: 'mesos', by }, { by: [] }] },
      merges: [{ merge: 'concat' }],
    };
    const job = await describeJob({ plan });
    expect(job).toMatchObject({ command: 'grep -c A input.fa', split: plan.split });
    expect(job.outputs[0]?.merges).toEqual(plan.merges);
  });

  it.each([
    [{ command: ['true'] }, 'the command does not mention {input}'],
    [{ command: ['cat {input} > {ouput}'] }, 'the command mentions {ouput}: did you mean {output}?'],
    [{ inputs: [file('output', '/d/x.fa')] }, '--input output=…: {output} is the result of a task'],
    [{ wishes: { split: 'db=fasta' } }, '--split db=fasta: no --input is named db'],
    [{ wishes: { over: ['db'] } }, '--over db: no --input is named db'],
    [{ wishes: { strategy: 'record' } }, '[UNKNOWN_STRATEGY]'],
    [{ wishes: { set: { overlap: 3 } } }, '[INVALID_PARAMETERS] strategy records:'],
    [{ wishes: { split: 'fastx' } }, '[UNKNOWN_FORMAT]'],
    [{ merges: [{ merge: 'glue' }] }, '[UNKNOWN_MERGE]'],
  ])('refuses %j', async (changes: Partial<MapRequest>, message: string) => {
    await expect(describeJob(changes)).rejects.toThrow(message);
  });
});
