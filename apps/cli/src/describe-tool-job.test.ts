import { jobSchema, parseTool } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import { checkToolDirectory, describeToolJob, type ToolJob } from './describe-tool-job.ts';

const parallel =
  '<parallelism method="multi" split_inputs="input" split_mode="to_size" split_size="50" merge_outputs="output"/>';

interface Variant {
  readonly parallelism?: string;
  readonly requirements?: string;
  readonly format?: string;
  readonly path?: string;
}

function describeJob({
  parallelism = parallel,
  requirements = '',
  format = 'tabular',
  path = '/d/genes.fa',
}: Variant = {}): Promise<ToolJob> {
  const tool = parseTool(
    `<tool id="length" name="Length" version="1" profile="24.0">
       ${requirements}${parallelism}
       <command>count '$input' > '$output'</command>
       <inputs><param name="input" type="data" format="fasta"/></inputs>
       <outputs><data name="output" format="${format}"/></outputs>
     </tool>`,
    { path: 'length.xml' },
  );
  return describeToolJob('job-1', {
    tool,
    toolPath: '/tools/length.xml',
    inputs: [{ name: 'input', path, size: 10, modifiedAt: 5 }],
    settings: {},
    outputDirectory: '/results',
    work: { cpus: 1, mem: 1024, disk: 0, gpus: 0, retries: 0 },
  });
}

describe('describeToolJob', () => {
  it('describes a job that is valid, split as the tool says', async () => {
    const { job, notes } = await describeJob();
    expect(jobSchema.parse(job)).toEqual(job);
    expect(notes).toEqual([]);
    expect(job).toMatchObject({
      ...{ name: 'length', shell: '/bin/bash' },
      split: {
        alternatives: [
          { by: [{ strategy: 'records', inputs: ['input'], parameters: { format: 'fasta', size: 50 } }] },
        ],
      },
    });
    expect(job.outputs).toEqual([
      {
        ...{ name: 'output', file: 'output-output.dat', whenMissing: 'empty' },
        destination: '/results/output.tabular',
        merges: [{ merge: 'header', parameters: { format: 'tabular' } }],
      },
    ]);
  });

  it('gives the command a number of parts where the tool asks for one', async () => {
    const { job } = await describeJob({ parallelism: parallel.replace('to_size', 'number_of_parts') });
    expect(job.split?.alternatives[0]?.by[0]?.parameters).toEqual({ format: 'fasta', parts: 50 });
  });

  it('does not split where the tool does not, and says nothing of it', async () => {
    const { job, notes } = await describeJob({ parallelism: '' });
    expect(job.split).toBeUndefined();
    expect(notes).toEqual([]);
    expect(job.command).toContain("ln -sf '/d/genes.fa' 'input-input.fa'");
  });

  it.each([
    [{ path: '/d/genes.dat' }, 'runs as one task, not in parts: files like genes.dat cannot be split yet'],
    [{ format: 'pdf' }, /^runs as one task, not in parts: result\.pdf: there is no merge for \.pdf that/],
  ])('runs whole what it cannot split or join: %j', async (variant, note) => {
    const { job, notes } = await describeJob(variant);
    expect(job.split).toBeUndefined();
    expect(notes).toEqual([expect.stringMatching(note)]);
    expect(notes[0]).not.toContain('--merge');
  });

  it('tells what must be installed', async () => {
    const requirements =
      '<requirements><requirement type="package" version="2.1">blast</requirement><requirement type="package">sed</requirement></requirements>';
    expect((await describeJob({ requirements })).notes).toEqual([
      'taken to be installed where tasks run: blast 2.1, sed',
    ]);
  });
});

describe('checkToolDirectory', () => {
  it.each(['/data/run-1/.x.galaxy-mesos', '/дата/ü'])('takes %s', (directory) => {
    expect(() => checkToolDirectory(directory)).not.toThrow();
  });

  it.each(['/a b', "/it's", '/a;b', '/$x', '/a\nb', '/a*'])('refuses %j', (directory) => {
    expect(() => checkToolDirectory(directory)).toThrow(
      'characters that a shell may read as more than a name',
    );
  });
});
