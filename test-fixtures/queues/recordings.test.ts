import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordedSystems, recording, recordingsOf } from './recordings.ts';

const everyFile = recordedSystems.flatMap((system) =>
  readdirSync(new URL(`${system}/`, import.meta.url)).map((file) => `${system}/${file}`),
);

describe('the recordings of queueing systems', () => {
  it.each(recordedSystems)('of %s are all in its index', (system) => {
    const names = [...recordingsOf(system).keys()];
    const files = readdirSync(new URL(`${system}/`, import.meta.url));
    const recorded = files.filter((file) => /\.std(?:out|err)$/.test(file));
    expect(recorded.filter((file) => !names.includes(file.replace(/\.std(?:out|err)$/, '')))).toEqual([]);
    expect(names.length).toBeGreaterThan(10);
  });

  it('hold the exit code and both outputs', () => {
    expect(recording('pbs', 'qstat-unknown')).toMatchObject({
      command: 'qstat -f -F json 99999',
      exitCode: 153,
      stdout: expect.stringContaining('"pbs_server"'),
      stderr: expect.stringContaining('99999'),
    });
    expect(recording('htcondor', 'condor-q-nothing')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('are not found by a name that is not there', () => {
    expect(() => recording('sge', 'qstat-of-nobody')).toThrow(
      'sge/index.json has no recording qstat-of-nobody',
    );
  });

  it.each(everyFile)('%s names no other machine, home or key', (file) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    expect(text).not.toMatch(/\/home\/|\/root\b|PRIVATE KEY|PBS_JOBCOOKIE=(?!0+$)/m);
    const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
    expect(addresses.filter((address) => !/^(?:127\.0\.0\.1|255\.0\.0\.0)$/.test(address))).toEqual([]);
  });
});
