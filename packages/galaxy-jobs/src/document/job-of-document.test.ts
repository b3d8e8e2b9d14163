import { describe, expect, it } from 'vitest';
import { failOnExitCode, jobSchema } from '../job.ts';
import { JobDescriptionError } from '../job-description-error.ts';
import { resourceRulesSchema } from '../resources/resource-rules.ts';
import { jobOfDocument } from './job-of-document.ts';
import { parseJobDocument } from './parse-job-document.ts';

const facts = {
  id: 'made-up',
  inputs: { reads: [{ size: 9, modifiedAt: 5 }], ref: [{ size: 1, modifiedAt: 2.5 }] },
};
const inputs = { reads: '/data/my reads.fastq', ref: '/data/ref.fa' };
const jobOf = (given: Record<string, unknown>, more = {}) =>
  jobOfDocument(parseJobDocument(given), { ...facts, ...more });

describe('jobOfDocument', () => {
  it('makes a job of the least there can be', () => {
    const job = jobOf({ command: '  sort -u x' });
    expect(job).toEqual({
      id: 'made-up',
      name: 'sort',
      command: '  sort -u x',
      shell: '/bin/sh',
      inputs: [],
      outputs: [],
      environment: { GALAXY_SLOTS: '1', GALAXY_MEMORY_MB: '1024', GALAXY_MEMORY_MB_PER_SLOT: '1024' },
      resources: { cpus: 1, mem: 1024, disk: 0 },
      retries: 0,
      stdio: failOnExitCode,
    });
    expect(jobSchema.parse(job)).toEqual(job);
  });

  it('puts files in the place of placeholders, as words of the shell', () => {
    const command = "map {ref} {reads} | awk '{print}' > {sam}; echo {{ref}} {other} >&2";
    const job = jobOf({ command, inputs, outputs: { sam: "/out/it's.sam" }, standardOutput: 'sam' });
    expect(job.command).toBe(
      "map /data/ref.fa '/data/my reads.fastq' | awk '{print}' > sam.sam; echo {ref} {other} >&2",
    );
    expect(job.standardOutput).toBe('sam.sam');
    expect(job.outputs).toEqual([
      { name: 'sam', file: 'sam.sam', destination: "/out/it's.sam", whenMissing: 'fail' },
    ]);
  });

  it('lets a command see its part of an input that is split', () => {
    const split = { input: 'reads', parameters: { format: 'fastq', size: 100 } };
    const job = jobOf({ command: 'map {ref} {reads}', inputs, split });
    expect(job.command).toBe('map /data/ref.fa reads.fastq');
    expect(job.inputs).toEqual([
      { name: 'reads', path: '/data/my reads.fastq', partName: 'reads.fastq', size: 9, modifiedAt: 5 },
      { name: 'ref', path: '/data/ref.fa', partName: 'ref.fa', size: 1, modifiedAt: 2.5 },
    ]);
    expect(job.split).toEqual({
      alternatives: [{ by: [{ strategy: 'records', inputs: ['reads'], parameters: split.parameters }] }],
    });
    expect(jobSchema.parse(job)).toEqual(job);
  });

  it('takes alternatives, nested steps, and merges with parameters', () => {
    const records = { strategy: 'records', inputs: ['reads'], parameters: { format: 'fastq', size: 1 } };
    const job = jobOf({
      command: 'map {ref} {reads} -k {k}',
      inputs,
      outputs: {
        a: { destination: '/a', merge: 'sum' },
        b: { destination: '/b', merge: { merge: 'sorted' } },
        c: { destination: '/c', merge: ['collection', { reduce: 'sort -m {parts} > {output}' }] },
      },
      failedParts: 'skip',
      split: [
        {
          when: 'mesos',
          strategy: 'sweep',
          parameters: { values: { k: [1, 2] } },
          each: { input: 'reads', parameters: records.parameters },
        },
        { when: 'inputs.reads.bytes > 5', ...records },
        { whole: true },
      ],
    });
    expect(job.split).toEqual({
      failedParts: 'skip',
      alternatives: [
        {
          when: 'mesos',
          by: [{ strategy: 'sweep', inputs: [], parameters: { values: { k: [1, 2] } } }, records],
        },
        { when: 'inputs.reads.bytes > 5', by: [records] },
        { by: [] },
      ],
    });
    expect(job.command).toBe('map /data/ref.fa reads.fastq -k {k}');
    expect(job.outputs.map(({ merges }) => merges)).toEqual([
      [{ merge: 'sum' }],
      [{ merge: 'sorted' }],
      [{ merge: 'collection' }, { reduce: 'sort -m {parts} > {output}', arity: 8 }],
    ]);
    expect(jobSchema.parse(job)).toEqual(job);
  });

  it('takes over what is asked for', () => {
    const job = jobOf(
      {
        id: 'mine',
        name: 'My job',
        command: 'true',
        environment: { A: 'b', GALAXY_MEMORY_MB: '7' },
        resources: { cpus: 4, mem: '8G', gpus: 1 },
        walltime: '1:00:00',
        queue: 'long',
        priority: 3,
        user: 'ada',
        retries: 2,
        outOfMemory: { maximum: '64G' },
        stdio: 'aggressive',
        container: { image: 'busybox', runtime: 'docker', volumes: [{ path: '/ref', readOnly: false }] },
      },
      { owner: 'galaxy' },
    );
    expect(job).toMatchObject({
      id: 'mine',
      name: 'My job',
      environment: { A: 'b', GALAXY_SLOTS: '4', GALAXY_MEMORY_MB: '7' },
      resources: { cpus: 4, mem: 8192, disk: 0, gpus: 1 },
      walltime: 3600,
      queue: 'long',
      priority: 3,
      user: 'ada',
      owner: 'galaxy',
      retries: 2,
      outOfMemory: { factor: 2, maximum: 65_536 },
      container: { image: 'busybox', runtime: 'docker', volumes: [{ path: '/ref', readOnly: false }] },
    });
    expect(job.stdio.failOnPhrases).toContain('MemoryError');
    expect(jobSchema.parse(job)).toEqual(job);
  });

  it("holds to the administrator's rules for its tool", () => {
    const rules = resourceRulesSchema.parse({
      defaults: { container_runtime: 'podman' },
      limits: { cpus: 2, walltime: 60 },
      tools: [{ tool: 'bwa', defaults: { mem: '4G' }, limits: { cpus: 8 } }],
    });
    const job = jobOf({ command: 'true', toolId: 'bwa', resources: { cpus: 8 }, container: 'x' }, { rules });
    expect(job.resources).toEqual({ cpus: 8, mem: 4096, disk: 0 });
    expect(job.container).toEqual({ image: 'x', runtime: 'podman' });
    expect(job.walltime).toBe(60);
    const tooMuch = () => jobOf({ command: 'true', resources: { cpus: 8 }, walltime: 61 }, { rules });
    expect(tooMuch).toThrow(JobDescriptionError);
    expect(tooMuch).toThrow(/^resources\.cpus: 8 is more than the 2 .*\nwalltime: 61 is more than the 60 /s);
  });

  it('takes all files of a collection, in order', () => {
    const split = { input: 'reads', strategy: 'scatter' };
    const reads = ['/data/b.fq', '/data/a.fq'];
    const files = [2, 1].map((size) => ({ size, modifiedAt: size }));
    const given = { command: 'map {reads}', inputs: { reads }, split };
    const job = jobOf(given, { inputs: { reads: files } });
    expect(job.inputs).toEqual([
      {
        name: 'reads',
        path: '/data/b.fq',
        size: 2,
        modifiedAt: 2,
        partName: 'reads.fq',
        more: [{ path: '/data/a.fq', size: 1, modifiedAt: 1 }],
      },
    ]);
    expect(jobSchema.parse(job)).toEqual(job);
    expect(() => jobOf(given, { inputs: { reads: files.slice(1) } })).toThrow(
      'inputs.reads: there is no file /data/a.fq',
    );
  });

  it('names the input whose file is not there', () => {
    expect(() => jobOf({ command: 'true', inputs: { toString: '/data/x' } })).toThrow(
      'inputs.toString: there is no file /data/x',
    );
  });
});
