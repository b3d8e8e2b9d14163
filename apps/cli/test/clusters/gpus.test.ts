import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { fasta } from '../command.ts';
import { ClusterPlace } from './cluster-place.ts';

/** Says which device it has, or that somebody else has it, too; it goes on when both devices were had. */
const useDevice = `device=$CUDA_VISIBLE_DEVICES; cat {input} > /dev/null; cd "$0"
mkdir "had/$device" || { echo shared; exit; }
touch "seen-$device"; until [ -e seen-4 ] && [ -e seen-7 ]; do sleep 0.1; done
rmdir "had/$device"; echo "$device"`;

describe.skipIf(!requireRealMesos())('a pool with graphics processors', () => {
  it('gives each task its own, which it alone sees, and tasks that ask for none see none', {
    timeout: 180_000,
  }, async () => {
    const place = new ClusterPlace();
    const pool = { cpus: 4, gpus: 2, max: 1, setup: 'export CUDA_VISIBLE_DEVICES=4,7' };
    // JSON is YAML.
    const file = JSON.stringify({ on: 'shell', pools: { gpu: pool } });
    writeFileSync(path.join(place.directory, 'cluster.yaml'), file);
    writeFileSync(path.join(place.directory, 'reads.fa'), fasta(40));
    mkdirSync(path.join(place.directory, 'had'));
    const up = await place.cluster('up', 'mine', '--file', 'cluster.yaml');
    expect(up, up.stderr).toMatchObject({ code: 0 });

    const map = (gpus: string, command: string) => {
      const words = [
        '--input',
        'reads.fa',
        '--parts',
        '4',
        '--cpus',
        '0.5',
        '--mem',
        '32',
        '--output',
        'out',
      ];
      return place.run('map', '--mesos', 'cluster:mine', ...words, '--gpus', gpus, '--', command);
    };
    const lines = () => readFileSync(path.join(place.directory, 'out'), 'utf8').trim().split('\n').sort();

    const apart = await map('1', useDevice.replaceAll('"$0"', `'${place.directory}'`));
    expect(apart.code, apart.stderr).toBe(0);
    expect(lines()).toHaveLength(4);
    expect(new Set(lines())).toEqual(new Set(['4', '7']));

    const none = await map('0', 'cat {input} > /dev/null; echo $CUDA_VISIBLE_DEVICES');
    expect(none.code, none.stderr).toBe(0);
    expect(lines()).toEqual(['-1', '-1', '-1', '-1']);

    const tooMany = await map('3', 'cat {input}');
    expect(tooMany.code).toBe(2);
    expect(tooMany.stderr).toContain('a pilot of the cluster mine has 2 at most');
    expect(await place.cluster('down', 'mine')).toMatchObject({ code: 0 });
  });
});
