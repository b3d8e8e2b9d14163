import { jobSchema } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import { describeMapJob, type MapRequest } from './describe-map-job.ts';
import type { InputFile } from './input-files.ts';

const file = (name: string, path: string): InputFile => ({ name, path, size: 10, modifiedAt: 5 });
const work = { cpus: 2, mem: 512, disk: 0, retries: 3 };

const request = (changes: Partial<MapRequest> = {}): MapRequest => ({
  inputs: [file('input', '/data/reads.fa')],
  output: '/results/hits.tsv',
  command: ['grep -c A {input}'],
  work,
  ...changes,
});
const describeJob = (changes: Partial<MapRequest> = {}) => describeMapJob('job-1', request(changes));

describe('describeMapJob', () => {
  it('describes a job that is valid, with what a task may use in its environment', () => {
    const job = describeJob({ size: 7 });
    expect(jobSchema.parse(job)).toEqual(job);
    expect(job).toMatchObject({
      ...{ id: 'job-1', name: 'hits.tsv', shell: '/bin/sh', retries: 3 },
      resources: { cpus: 2, mem: 512, disk: 0 },
      environment: { GALAXY_SLOTS: '2', GALAXY_MEMORY_MB: '512' },
      split: { input: 'input', strategy: 'records', parameters: { format: 'fasta', size: 7 } },
    });
  });

  it('makes 20 parts where nothing is said of their number or size', () => {
    expect(describeJob().split?.parameters).toEqual({ format: 'fasta', parts: 20 });
    expect(describeJob({ parts: 3 }).split?.parameters).toEqual({ format: 'fasta', parts: 3 });
  });

  it('captures what the command prints, unless the command writes {output}', () => {
    expect(describeJob()).toMatchObject({ command: 'grep -c A input.fa', standardOutput: 'output.tsv' });
    const job = describeJob({ command: ['sort {input} > {output}'] });
    expect(job.command).toBe('sort input.fa > output.tsv');
    expect(job.standardOutput).toBeUndefined();
  });

  it('shares the inputs that are not split, by their own paths', () => {
    const job = describeJob({
      inputs: [file('db', "/d/it's.fa"), file('genes', '/d/genes.faa')],
      split: 'genes=fasta',
      command: ['x -d {db} {genes}'],
    });
    expect(job.command).toBe("x -d '/d/it'\\''s.fa' genes.faa");
    expect(job.split?.input).toBe('genes');
  });

  it('takes the format from --split, or from the name of the file', () => {
    expect(describeJob({ inputs: [file('input', '/d/x')], split: 'fasta' }).split?.parameters).toMatchObject({
      format: 'fasta',
    });
    expect(() => describeJob({ inputs: [file('input', '/d/x')] })).toThrow(
      '/d/x: its name does not tell its format; say it with --split (fasta',
    );
  });

  it('takes the merge from --merge, or from the name of the output', () => {
    expect(describeJob().outputs[0]?.merge).toBe('concat');
    expect(describeJob({ output: '/r/without-extension' }).outputs[0]).toMatchObject({
      ...{ file: 'output', merge: 'concat', whenMissing: 'fail', destination: '/r/without-extension' },
    });
    expect(() => describeJob({ output: '/r/x.bam' })).toThrow('[NO_MERGE]');
    expect(describeJob({ output: '/r/x.bam', merge: 'concat' }).outputs[0]?.merge).toBe('concat');
  });

  it.each([
    [{ command: ['true'] }, 'the command does not mention {input}'],
    [{ command: ['cat {input} > {ouput}'] }, 'the command mentions {ouput}: did you mean {output}?'],
    [{ inputs: [file('output', '/d/x.fa')] }, '--input output=…: {output} is the result of a task'],
    [{ split: 'db=fasta' }, '--split db=fasta: no --input is named db'],
    [{ split: 'fastx' }, '[UNKNOWN_FORMAT]'],
    [{ merge: 'glue' }, '[UNKNOWN_MERGE]'],
  ])('refuses %j', (changes, message) => {
    expect(() => describeJob(changes)).toThrow(message);
  });
});
