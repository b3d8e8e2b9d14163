import { readFileSync } from 'node:fs';
import type { JobConfiguration } from '../../../../test-fixtures/real-galaxy/real-galaxy.ts';

const manual = new URL('../../../../docs/galaxy.md', import.meta.url);
const block =
  /^```yaml\nrunners:\n(?<runners>[^`]*?)execution:\n {2}environments:\n(?<environments>[^`]*?)```$/m;

/** What an administrator adds to `job_conf.yml`, as the manual says it, with the name, URL and token of a daemon. */
export function eightLines(name: string, url: string, token: string): JobConfiguration {
  const { runners, environments } = block.exec(readFileSync(manual, 'utf8'))?.groups ?? {};
  if (runners === undefined || environments === undefined)
    throw new Error('docs/galaxy.md does not show the lines of job_conf.yml any more');
  const own = (lines: string): string =>
    lines
      .trimEnd()
      .replaceAll(/\bmesos\b/g, name)
      .replace(/(?<=\burl: ).*/, url)
      .replace(/(?<=\bprivate_token: ).*/, token);
  return { runners: own(runners), environments: own(environments) };
}

/** The lines of several daemons, one below the other. */
export const together = (parts: readonly JobConfiguration[]): JobConfiguration => ({
  runners: parts.map(({ runners }) => runners).join('\n'),
  environments: parts.map(({ environments }) => environments).join('\n'),
});
