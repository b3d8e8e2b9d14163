import type { OutputMerge } from '@galaxy-mesos/galaxy-jobs';
import { builtIn } from '@galaxy-mesos/parallelism';
import { describe, expect, it } from 'vitest';
import { mergeOf } from './check-merges.ts';

const checked = (...merges: OutputMerge[]) =>
  mergeOf({ file: '*.txt', ...(merges.length > 0 && { merges }) }, builtIn);

describe('how outputs of a job of Galaxy are joined', () => {
  it('is what the destination says, if anything', () => {
    expect(checked()).toBeUndefined();
    expect(checked({ merge: 'concat' })).toEqual({ merge: 'concat' });
  });

  it.each<[string, OutputMerge[], string]>([
    ['there is no such merge', [{ merge: 'concta' }], 'there is no merge "concta"; there are: '],
    ['it takes no such parameter', [{ merge: 'sum', parameters: { colunm: 2 } }], 'colunm'],
    ['it makes a directory', [{ merge: 'collection' }], 'the merge of *.txt: collection makes a directory'],
    ['a command reduces', [{ reduce: 'cat {parts} > {output}', arity: 2 }], 'is not for jobs of Galaxy'],
    ['there are several', [{ merge: 'concat' }, { merge: 'first' }], 'expected one, found 2'],
  ])('is refused where %s', (_, merges, message) => {
    expect(() => checked(...merges)).toThrow(message);
  });
});
