import { quoteAnswer } from '../command-problems.ts';
import type { BatchJobReport, QueueAnswer, QueueCommand, StatusOutcome } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { stateOf } from './states.ts';

/**
 * From the accounts, where the site keeps any: `squeue` forgets jobs minutes after their end. Without names: that of a
 * short job may be `allocation` there.
 */
export const endings = (ids: readonly string[]): QueueCommand => ({
  program: 'sacct',
  arguments: [
    '--allocations',
    '--noheader',
    '--parsable2',
    `--jobs=${ids.join(',')}`,
    '--format=JobID,State,ExitCode,NodeList',
  ],
});

/** What `sacct` said; without accounts there is never news. */
export function ended(answer: QueueAnswer): StatusOutcome {
  if (answer.exitCode !== 0 || /\berror: /.test(answer.stderr))
    return { kind: 'no-news', text: quoteAnswer(answer) };
  const batchJobs: BatchJobReport[] = [];
  for (const line of answer.stdout.split('\n').filter((text) => text !== '')) {
    const report = reportOf(line);
    if (!report) return { kind: 'no-news', text: `it said something else than asked: ${oneLine(line)}` };
    batchJobs.push(report);
  }
  return { kind: 'known', batchJobs };
}

function reportOf(line: string): BatchJobReport | undefined {
  const [id = '', state = '', exit = '', node, ...rest] = line.split('|');
  const codes = /^(\d+):(\d+)$/.exec(exit);
  if (
    node === undefined ||
    rest.length > 0 ||
    !/^[1-9]\d*(?:_\S+)?$/.test(id) ||
    !/^[A-Z]/.test(state) ||
    !codes
  )
    return undefined;
  const [, code, signal] = codes;
  return {
    id,
    state: stateOf({
      state,
      // As a shell tells it: one that was ended by a signal.
      exitCode: signal === '0' ? Number(code) : 128 + Number(signal),
      ...(node !== '' && node !== 'None assigned' && { node }),
    }),
  };
}
