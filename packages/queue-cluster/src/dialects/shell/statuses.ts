import { quoteAnswer } from '../command-problems.ts';
import type {
  BatchJobEnding,
  BatchJobReport,
  BatchJobState,
  QueueAnswer,
  QueueCommand,
  StatusOutcome,
  StatusQuery,
} from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { statusProgram } from './programs.ts';

/** Jobs whose ids nobody has noted are found while they run: their keepers are among the processes. */
export const status = ({ ids }: StatusQuery): QueueCommand => ({
  program: 'sh',
  arguments: ['-c', statusProgram, 'sh', ...ids],
});

/** What the status program said; its last line says that nothing is missing. */
export function statuses(answer: QueueAnswer): StatusOutcome {
  const lines = answer.stdout.split('\n').slice(0, -1);
  if (answer.exitCode !== 0 || lines.at(-1) !== 'complete')
    return { kind: 'no-news', text: quoteAnswer(answer) };
  const batchJobs: BatchJobReport[] = [];
  for (const line of lines.slice(0, -1)) {
    const report = reportOf(line);
    if (!report) return { kind: 'no-news', text: `it said something else than asked: ${oneLine(line)}` };
    batchJobs.push(report);
  }
  return { kind: 'known', batchJobs };
}

function reportOf(line: string): BatchJobReport | undefined {
  const found =
    /^(?<how>\w+)\|(?<code>\d*)\|(?<node>[^|]*)\|(?<began>\d+)\|(?<ends>\d+)\|(?<name>[\w-]+)\|(?<id>\d+-\d+@\/.*)$/.exec(
      line,
    );
  const { how = '', code = '', node = '', began, ends, name = '', id = '' } = found?.groups ?? {};
  if (!found) return undefined;
  const times = { startedAt: Number(began) * 1000, endsAt: Number(ends) * 1000 };
  return { id, name, state: stateOf(how, code, node, times) };
}

const reasons: ReadonlyMap<string, readonly [BatchJobEnding, string?]> = new Map([
  ['walltime', ['walltime']],
  ['cancelled', ['cancelled']],
  ['rebooted', ['node-failed', 'the machine was started again']],
  ['lost', ['unknown', 'somebody has killed the process that looked after it']],
] as const);

function stateOf(
  how: string,
  code: string,
  node: string,
  times: { readonly startedAt: number; readonly endsAt: number },
): BatchJobState {
  if (how === 'running') return { kind: 'running', node, ...times };
  const exit = code === '' ? {} : { exitCode: Number(code) };
  if (how === 'itself') return { kind: 'ended', how: code === '0' ? 'completed' : 'failed', node, ...exit };
  const [ending, reason] = reasons.get(how) ?? [];
  if (ending === undefined) return { kind: 'unknown', text: how };
  return { kind: 'ended', how: ending, node, ...exit, ...(reason !== undefined && { reason }) };
}
