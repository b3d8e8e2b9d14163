import { parseJobDocument } from '@galaxy-mesos/galaxy-jobs';
import { builtIn } from '@galaxy-mesos/parallelism';
import { describe, expect, it } from 'vitest';
import { documentFrom, mergesFrom, parametersFrom, splitFrom } from './files-from.ts';

const parameters = { targets: 'exome.bed', indexes: ['../a.bai'], by: 'target' };
const resolved = { targets: '/here/exome.bed', indexes: ['/a.bai'], by: 'target' };

describe('files in parameters', () => {
  it('are seen from a directory, in steps and merges of a job', () => {
    const step = { strategy: 'regions', inputs: ['reads'], parameters };
    const unknown = { strategy: 'x', inputs: [], parameters };
    expect(splitFrom('/here', { alternatives: [{ by: [step, unknown] }] }, builtIn)).toEqual({
      alternatives: [{ by: [{ ...step, parameters: resolved }, unknown] }],
    });
    const merges = [
      { merge: 'cram', parameters: { reference: 'ref.fa', sorted: 'no' } },
      { reduce: 'cat {parts} > {output}', arity: 2 },
      { merge: 'concat' },
    ];
    expect(mergesFrom('/here', merges, builtIn)).toEqual([
      { merge: 'cram', parameters: { reference: '/here/ref.fa', sorted: 'no' } },
      ...merges.slice(1),
    ]);
    expect(parametersFrom('/here', 'regions', parameters, builtIn)).toEqual(resolved);
  });

  it('are seen from where a document lies, in all that is nested', () => {
    const step = { strategy: 'regions', input: 'reads', parameters };
    const merge = { merge: 'cram', parameters: { reference: 'ref.fa' } };
    const document = parseJobDocument({
      command: 'x {reads}',
      inputs: { reads: '/r.bam' },
      outputs: { one: { destination: '/one', merge: ['collection', merge] }, two: '/two' },
      split: [
        { when: 'mesos', strategy: 'sweep', parameters: { values: { k: [1] } }, each: step },
        { whole: true },
      ],
    });
    expect(documentFrom('/here', document, builtIn)).toMatchObject({
      split: [{ each: { parameters: resolved } }, { whole: true }],
      outputs: {
        one: { merge: ['collection', { merge: 'cram', parameters: { reference: '/here/ref.fa' } }] },
        two: '/two',
      },
    });
  });
});
