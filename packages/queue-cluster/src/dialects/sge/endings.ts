import type { BatchJobEnding, BatchJobReport, QueueAnswer, QueueCommand, StatusOutcome } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { noNews } from './problems.ts';

/**
 * `qacct` takes one id at a time, and reads all of a file that grows for years: so the records of the user are gone
 * through once, and those of other jobs left out.
 */
const script = `qacct -o "$(id -un)" -j | awk -v ids="$*" '
  BEGIN { count = split(ids, list, " "); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
  /^====================/ { if (keep) printf "%s", record; record = ""; keep = 0 }
  { record = record $0 "\\n" }
  $1 == "jobnumber" && ($2 in wanted) { keep = 1 }
  END { if (keep) printf "%s", record }'`;

export function endings(ids: readonly string[]): QueueCommand {
  return { program: 'sh', arguments: ['-c', script, 'qacct', ...ids] };
}

/** One record of the accounts, by the names of its fields. */
type Account = ReadonlyMap<string, string>;

/** What Grid Engine calls `failed`. */
const failedCodes = {
  none: 0,
  /** A limit that the execution daemon enforces: of time, or of memory. */
  limit: 37,
  /** It had begun, and did not end by itself. */
  afterJob: 100,
  /** `qdel`, where Grid Engine knows it. */
  throughSignal: 17,
  /** The host has forgotten it, or what watched over it has died: after a restart of the host. */
  ofHost: [18, 19, 20, 21, 22],
  /** It is to be run again: not its end. */
  again: [24, 25],
} as const;

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `4.969MB`, `1.5G`, `512M` as bytes. */
function bytes(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^([\d.]+)([KMGT]?)B?$/i.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * (units[unit.toUpperCase()] ?? 1);
}

/** What the job had asked for, as its category tells: `-q all.q -l h_rt=50,h_vmem=1G -pe smp 2`. */
const requested = (account: Account, resource: string): string | undefined =>
  new RegExp(`(?:^|[ ,])${resource}=([^, ]+)`).exec(account.get('category') ?? '')?.[1];

/** Both kinds of limit have one code; the walltime is the usual one. */
function limitReached(account: Account): BatchJobEnding {
  const asked = bytes(requested(account, 'h_vmem'));
  const used = bytes(account.get('maxvmem'));
  const slots = Number(account.get('slots')) || 1;
  return asked !== undefined && used !== undefined && used >= asked * slots ? 'out-of-memory' : 'walltime';
}

function endingOf(account: Account, failed: number, exitCode: number): BatchJobEnding {
  if (failed === failedCodes.limit) return limitReached(account);
  if (failed === failedCodes.none) return exitCode === 0 ? 'completed' : 'failed';
  if (failed === failedCodes.throughSignal) return 'cancelled';
  if (failed === failedCodes.afterJob) return exitCode > 128 ? 'cancelled' : 'failed';
  return failedCodes.ofHost.some((code) => code === failed) ? 'node-failed' : 'failed';
}

function reportOf(account: Account): BatchJobReport | undefined {
  const id = account.get('jobnumber') ?? '';
  const [, code, words = ''] = /^(\d+)\s*(?::\s*(.*))?$/.exec(account.get('failed') ?? '') ?? [];
  if (!/^\d+$/.test(id) || code === undefined || account.get('taskid') !== 'undefined') return undefined;
  const failed = Number(code);
  if (failedCodes.again.some((again) => again === failed)) return undefined;
  const exitCode = Number.parseInt(account.get('exit_status') ?? '', 10);
  const hasRun = account.get('start_time') !== '-/-';
  const node = account.get('hostname');
  const name = account.get('jobname');
  return {
    id,
    ...(name && { name }),
    state: {
      kind: 'ended',
      how: endingOf(account, failed, exitCode),
      ...(hasRun && Number.isInteger(exitCode) && { exitCode }),
      ...(node && node !== 'UNKNOWN' && { node }),
      ...(words !== '' && { reason: oneLine(words) }),
    },
  };
}

function readAccount(block: string): Account {
  const lines = block.split('\n').map((line) => /^(\w+) +(.*?)\s*$/.exec(line) ?? []);
  return new Map(lines.flatMap(([, name, value]) => (name && value !== undefined ? [[name, value]] : [])));
}

/** Nothing was said, or that there is no such job: then there is no account of it. */
const saysNothing = ({ exitCode, stdout, stderr }: QueueAnswer): boolean =>
  stdout.trim() === '' &&
  (exitCode === 0 ? stderr.trim() === '' : /^error: job (?:id|name) .* not found/m.test(stderr));

/** A number may stand there again and again: the last record is of the job that had it last. */
export function ended(answer: QueueAnswer): StatusOutcome {
  if (answer.exitCode !== null && saysNothing(answer)) return { kind: 'known', batchJobs: [] };
  const accounts = answer.stdout.split(/^=+$/m).map(readAccount);
  const isAccounts = answer.exitCode === 0 && accounts.some((account) => account.has('jobnumber'));
  if (!isAccounts) return { kind: 'no-news', text: noNews(answer) };
  const reports = accounts.flatMap((account) => reportOf(account) ?? []);
  return { kind: 'known', batchJobs: [...new Map(reports.map((one) => [one.id, one])).values()] };
}
