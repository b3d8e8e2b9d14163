import { describe, expect, test } from 'vitest';
import { type ClientOutputs, clientOutputsSchema } from './remote-staging.ts';
import { type MadeFiles, wantedOutputs } from './wanted-outputs.ts';

const nothing: MadeFiles = { working: [], outputs: [], metadata: [], job: [], sources: [] };
const wanted = (client: Partial<ClientOutputs>, made: Partial<MadeFiles>) =>
  wantedOutputs(
    clientOutputsSchema.parse({ working_directory: '/g/w', metadata_directory: '/g/m', ...client }),
    { ...nothing, ...made },
  ).map(({ type, name, path }) => `${type} ${name} ${path}`);

describe('what Galaxy wants of a job', () => {
  test('are outputs that were made, with their extra files, and the version', () => {
    const client = { output_files: ['/g/dataset_1.dat', '/g/dataset_2.dat'], version_file: '/g/VERSION_7' };
    expect(
      wanted(client, {
        outputs: ['dataset_1.dat', 'dataset_1_files/a/b', 'dataset_12_files/c', 'COMMAND_VERSION'],
      }),
    ).toEqual([
      'output dataset_1.dat /g/dataset_1.dat',
      'output dataset_1_files/a/b /g/dataset_1_files/a/b',
      'output COMMAND_VERSION /g/VERSION_7',
    ]);
  });

  test('are outputs in the working directory: a file, a pattern, a directory, or one that is missing', () => {
    const client: Partial<ClientOutputs> = {
      output_files: ['/g/1.dat', '/g/2.dat', '/g/3.dat', '/g/4.dat'],
      work_dir_outputs: [
        ['/g/w/out.txt', '/g/1.dat'],
        ['/g/w/*.bam', '/g/2.dat'],
        ['/g/w/dir', '/g/3.dat'],
        ['/g/w/missing', '/g/4.dat'],
      ],
    };
    expect(wanted(client, { working: ['dir/a', 'dir/b/c', 'out.txt', 'x.bam'], outputs: ['1.dat'] })).toEqual(
      [
        'output_workdir out.txt /g/1.dat',
        'output_workdir x.bam /g/2.dat',
        'output_workdir dir/a /g/3.dat/a',
        'output_workdir dir/b/c /g/3.dat/b/c',
        'output_workdir missing /g/4.dat',
      ],
    );
  });

  test('are files that patterns tell of', () => {
    expect(
      wanted(
        { dynamic_outputs: ['primary_.*', 'galaxy.json'] },
        { working: ['galaxy.json', 'other', 'primary_1_a'], metadata: ['primary_x'], job: ['primary_y'] },
      ),
    ).toEqual([
      'output_workdir galaxy.json /g/w/galaxy.json',
      'output_workdir primary_1_a /g/w/primary_1_a',
      'output_metadata primary_x /g/m/primary_x',
    ]);
  });

  test('are files that collections are made of, looked for in their directory', () => {
    const collectors = [
      { pattern: '(?P<designation>.+)\\.txt', directory: 'split/parts', discover_via: 'pattern' },
      { pattern: 'top_.*', directory: null },
      { pattern: null, directory: 'all' },
    ];
    expect(
      wanted(
        { dynamic_outputs: [], dataset_collector_descriptions: collectors },
        {
          working: [
            'a.txt',
            'all/x',
            'split/parts/a.txt',
            'split/parts/deep/b.txt',
            'split/partsx/a.txt',
            'top_1',
          ],
        },
      ),
    ).toEqual([
      'output_workdir split/parts/a.txt /g/w/split/parts/a.txt',
      'output_workdir split/parts/deep/b.txt /g/w/split/parts/deep/b.txt',
      'output_workdir top_1 /g/w/top_1',
    ]);
  });

  test('are files that the tool tells of, in both forms', () => {
    const sources = [
      { type: 'galaxy', contents: '{"out": {"filename": "told", "elements": [{"extra_files": "more/"}]}}' },
      { type: 'legacy_galaxy', contents: '{"filename": "first"}\nnot JSON\n{"filename": "second"}' },
      { type: 'galaxy', contents: 'broken' },
    ];
    const working = ['first', 'more/a', 'second', 'told', 'untold'];
    expect(wanted({ dynamic_outputs: [] }, { working, sources })).toEqual([
      'output_workdir first /g/w/first',
      'output_workdir more/a /g/w/more/a',
      'output_workdir second /g/w/second',
      'output_workdir told /g/w/told',
    ]);
  });
});
