import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { processesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, galaxyMesos, linesOf, start } from '../command.ts';
import { finishedTasks } from '../state.ts';
import { describeOnBoth } from './comparison.ts';
import { makeAlignments, shell } from './made-reads.ts';

/** How many parts have ended, as `--json` tells. */
const finished = (printed: string): number => printed.split('"state":"finished"').length - 1;

const withoutCommandLines = (file: string, cwd: string): string =>
  shell(`samtools view -h --no-PG ${file} | grep -v ^@PG`, cwd).toString('latin1');

/**
 * Lets three tasks go on, and the others only once there is the file `go`; keeps the ids of those that ended. Each of the
 * three makes a directory: of many that begin at once, only one can.
 */
const slowly = (command: string, cwd: string, turns: string): string =>
  `until mkdir ${turns}/1 || mkdir ${turns}/2 || mkdir ${turns}/3 || [ -e ${cwd}/go ]; do sleep 0.05; done 2> /dev/null; ${command} && echo $GALAXY_MESOS_TASK_ID >> ${cwd}/log`;

const ways = [
  {
    how: ['--strategy', 'blocks', '--set', 'parts=9'],
    command: 'samtools view -b -q 20 -o {output} {reads}',
    whole: 'samtools view -b -q 20 -o',
  },
  {
    how: ['--strategy', 'regions', '--set', 'by=contig', '--set', 'together=false'],
    command: 'samtools view -b -F 16 -o {output} {reads}',
    whole: 'samtools view -b -F 16 -o',
  },
] as const;

describeOnBoth('a job of BAM', { programs: ['samtools', 'bwa'], prepare: makeAlignments }, (place) => {
  it.each(
    ways.flatMap((way) =>
      (['SIGINT', 'SIGKILL'] as const).map((signal) => ({ ...way, by: way.how[1], signal })),
    ),
  )('by $by that ends by $signal goes on where it was', async ({ how, command, whole, signal }) => {
    const cwd = directoryForTest();
    writeFileSync(path.join(cwd, 'log'), '');
    const reads = path.join(place.directory, 'reads.bam');
    const words = ['--json', '--input', `reads=${reads}`, ...how, '--cpus', '0.5', '--mem', '256'];
    const rest = ['--output', 'good.bam', '--', slowly(command, cwd, directoryForTest())];
    const { environment } = place;
    const run = start(['map', ...words, ...rest], { cwd, environment });
    await run.until((printed) => finished(printed) >= 3);
    run.child.kill(signal);
    const { code } = await run.ended();
    expect(code).toBe(signal === 'SIGINT' ? 130 : null);
    expect(existsSync(path.join(cwd, 'good.bam'))).toBe(false);
    const done = finishedTasks(path.join(cwd, '.good.bam.galaxy-mesos'));
    expect(done.length).toBeGreaterThanOrEqual(signal === 'SIGINT' ? 3 : 1);
    appendFileSync(path.join(cwd, 'log'), done.map((id) => `had ${id}\n`).join(''));
    writeFileSync(path.join(cwd, 'go'), '');
    const resumed = await galaxyMesos(['map', '--resume', ...words, ...rest], { cwd, environment });
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    const log = linesOf(readFileSync(path.join(cwd, 'log'), 'utf8'));
    const after = log.slice(log.findLastIndex((line) => line.startsWith('had ')) + 1);
    expect(after.filter((id) => done.includes(id))).toEqual([]);
    shell(`${whole} whole.bam ${reads}`, cwd);
    expect(withoutCommandLines('good.bam', cwd)).toBe(withoutCommandLines('whole.bam', cwd));
    expect(readdirSync(cwd).sort()).toEqual(['go', 'good.bam', 'log', 'whole.bam']);
    expect(processesBelow(cwd)).toEqual([]);
  });
});

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: a full disk: mounts are not allowed here');
    return false;
  }
}

const mounts = canMount();

describeOnBoth('a disk that is full', { programs: ['samtools', 'bwa'], prepare: makeAlignments }, (place) => {
  it.skipIf(!mounts)('when BAM is joined is told, and nothing that was done is lost', async () => {
    const cwd = directoryForTest();
    const small = path.join(cwd, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8000k', 'none', small]);
    onTestFinished(() => void execFileSync('umount', ['-l', small]));
    const reads = path.join(place.directory, 'reads.bam');
    // The last one of the parts leaves so little room that not even half of the joined result fits in. Two may both find
    // that they are the last: only one of them can make the directory.
    const fill = `room=$(df --output=avail ${small} | tail -n 1); head -c $((room - 300))k /dev/zero > ${small}/ballast`;
    const isLast = `[ $(wc -l < ${cwd}/log) -eq 4 ] && mkdir ${cwd}/full`;
    const command = `samtools view -b -o {output} {reads} && echo done >> ${cwd}/log; if ${isLast}; then ${fill}; fi`;
    const words = ['--input', `reads=${reads}`, '--strategy', 'blocks', '--set', 'parts=4', '--cpus', '0.5'];
    const rest = ['--work-dir', small, '--output', 'all.bam', '--', command];
    const { environment } = place;
    const first = await galaxyMesos(['map', ...words, ...rest], { cwd, environment });
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/\[NO_SPACE\] \S+: there is no room to join results; make room\nTo go on:/);
    expect(linesOf(readFileSync(path.join(cwd, 'log'), 'utf8'))).toHaveLength(4);
    rmSync(path.join(small, 'ballast'));
    const resumed = await galaxyMesos(['map', '--resume', ...words, ...rest], { cwd, environment });
    expect(resumed).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(linesOf(readFileSync(path.join(cwd, 'log'), 'utf8'))).toHaveLength(4);
    expect(withoutCommandLines('all.bam', cwd)).toBe(withoutCommandLines(reads, cwd));
  });
});
