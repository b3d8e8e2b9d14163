import { parseJobDocument } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, it } from 'vitest';
import { pathErrors } from './allowed-paths.ts';

const fieldsRefused = (changes: object, directories: readonly string[] = ['/data']): string[] => {
  const document = parseJobDocument({
    command: 'cat {a}',
    inputs: { a: '/data/a.bam' },
    outputs: {},
    ...changes,
  });
  return pathErrors(document, directories).map(({ field }) => field);
};

describe('pathErrors', () => {
  it('names every file of a job that lies outside of the directories', () => {
    expect(fieldsRefused({})).toEqual([]);
    expect(
      fieldsRefused({
        inputs: { a: '/etc/shadow' },
        outputs: {
          o: '/root/o',
          p: { destination: '/data/p', merge: { merge: 'x', parameters: { file: '/etc/x' } } },
        },
        container: { image: 'i', runtime: 'docker', volumes: [{ path: '/', readOnly: true }] },
      }),
    ).toEqual(['inputs.a', 'outputs.o', 'outputs.p.merge.parameters.file', 'container.volumes[0].path']);
  });

  it('takes whatever begins like a path in what a strategy is given for one', () => {
    const step = { input: 'a', strategy: 'regions' };
    const split = (parameters: object) => ({
      split: [{ when: 'mesos', ...step, parameters }, { whole: true }],
    });
    expect(fieldsRefused(split({ window: 5, targets: '/data/t.bed', indexes: ['/data/a.bai'] }))).toEqual([]);
    expect(
      fieldsRefused(split({ window: 5, targets: '/etc/shadow', indexes: ['/data/a.bai', '/data/../x'] })),
    ).toEqual(['split[0].parameters.targets', 'split[0].parameters.indexes[1]']);
  });

  it('takes any plain path where no directories are given', () => {
    expect(fieldsRefused({ inputs: { a: '/etc/shadow' } }, [])).toEqual([]);
    expect(fieldsRefused({ inputs: { a: '/data/../etc' } }, [])).toEqual(['inputs.a']);
  });
});
