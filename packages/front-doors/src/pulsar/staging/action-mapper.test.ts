import { describe, expect, test } from 'vitest';
import { actionFor, mayMoveFromHere } from './action-mapper.ts';
import { actionMapperSchema } from './remote-staging.ts';

const endpoint = 'http://galaxy/api/jobs/1/files?job_key=k';
const mapper = (settings: Record<string, unknown>) =>
  actionMapperSchema.parse({ files_endpoint: endpoint, ...settings });

describe('what is done with an output', () => {
  test('is what the destination does by default', () => {
    expect(actionFor(mapper({ default_action: 'transfer' }), '/g/a.dat', 'output')).toEqual({
      kind: 'client',
    });
    expect(actionFor(mapper({ default_action: 'none' }), '/g/a.dat', 'output')).toEqual({ kind: 'none' });
    expect(actionFor(mapper({ default_action: 'remote_copy' }), '/g/a.dat', 'output')).toEqual({
      kind: 'remote_copy',
      path: '/g/a.dat',
    });
    expect(actionFor(mapper({ default_action: 'remote_transfer' }), '/g/a b.dat', 'output_workdir')).toEqual({
      kind: 'remote_transfer',
      url: `${endpoint}&path=%2Fg%2Fa+b.dat&file_type=output_workdir`,
    });
  });

  test('is what the first fitting path says', () => {
    const settings = mapper({
      default_action: 'transfer',
      paths: [
        { path: '/shared', action: 'none' },
        { path: '/g/*.bam', match_type: 'glob', action: 'remote_copy' },
        { path: '.*/dataset_\\d+\\.dat', match_type: 'regex', action: 'remote_transfer' },
        { path_types: 'output_metadata', action: 'copy' },
        { path: '/any', path_types: '*any*', action: 'none' },
      ],
    });
    const kind = (path: string, type = 'output') => actionFor(settings, path, type).kind;
    expect(kind('/shared/x')).toBe('none');
    expect(kind('/g/x.bam')).toBe('remote_copy');
    expect(kind('/h/dataset_9.dat')).toBe('remote_transfer');
    expect(kind('/h/x', 'output_metadata')).toBe('client');
    expect(kind('/h/x')).toBe('client');
    expect(kind('/h/x', 'unstructured')).toBe('none');
    expect(mayMoveFromHere(settings)).toBe(true);
  });

  test.each([
    'remote_rsync_transfer',
    'remote_scp_transfer',
    'remote_transfer_tus',
    'remote_object_store_copy',
  ])('is refused for %s, with what to use in its place', (action) => {
    expect(() => actionFor(mapper({ default_action: action }), '/g/a', 'output')).toThrow(
      `"${action}" is not done here: use transfer, copy, remote_transfer or remote_copy`,
    );
  });

  test('needs an address for remote_transfer', () => {
    const settings = actionMapperSchema.parse({ default_action: 'remote_transfer', files_endpoint: null });
    expect(() => actionFor(settings, '/g/a', 'output')).toThrow('files_endpoint');
  });

  test('is nothing for this side where Galaxy does all itself', () => {
    const paths = [
      { path: '/a', action: 'copy' },
      { path: '/b', action: 'none' },
    ];
    expect(mayMoveFromHere(mapper({ default_action: 'transfer', paths }))).toBe(false);
  });
});
