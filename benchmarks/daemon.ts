import { load, type Outcome } from './daemon/load.ts';
import { jobsAtOnce, type Server, startDaemon, startPulsarServe } from './daemon/servers.ts';
import { Report } from './matcher/report.ts';
import { median } from './measure.ts';

const count = 1000;
const rounds = 3;

interface Contender {
  readonly name: string;
  readonly start: () => Promise<Server>;
}

const contenders: readonly [Contender, Contender] = [
  { name: 'pulsar-serve 0.16.0', start: startPulsarServe },
  { name: 'galaxy-mesos daemon', start: startDaemon },
];

/** Jobs that are posted all at once, beside Pulsar's own server. */
export async function benchmarkDaemon(): Promise<void> {
  const outcomes: [Outcome[], Outcome[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    for (const [index, { name, start }] of contenders.entries()) {
      process.stderr.write(`  round ${round} of ${rounds}: ${name}\n`);
      const server = await start();
      try {
        outcomes[index]?.push(await load(server, count));
      } finally {
        await server.stop();
      }
    }
  }
  report(summaryOf(outcomes[0]), summaryOf(outcomes[1]));
}

function report(peer: Outcome, ours: Outcome): void {
  const paper = new Report('daemon', 'Jobs by Pulsar’s protocol, beside pulsar-serve');
  paper.text(
    `${count.toLocaleString('en')} jobs are posted at once over 64 connections: set up, an input of 1 KiB uploaded, ` +
      `\`cat\` submitted. ${jobsAtOnce} run at a time. Meanwhile the client asks for the state of one job after another, ` +
      'with a pause of a second after each look at all, as Galaxy does, fetches the output of those that have ended, ' +
      'compares it, and cleans them; a second loop asks every ' +
      `20 ms. Medians of ${rounds} rounds in which both take turns. The client runs on the same cores.`,
  );
  paper.table('1,000 jobs at once', [
    ['', contenders[0].name, contenders[1].name, 'ratio', 'target'],
    row('accepted jobs a second', peer.acceptedPerSecond, ours.acceptedPerSecond, '5'),
    row('jobs a second from end to end', peer.donePerSecond, ours.donePerSecond, '3'),
    row('a status call: median ms', peer.statusMilliseconds.median, ours.statusMilliseconds.median, ''),
    row('a status call: p99 ms', peer.statusMilliseconds.p99, ours.statusMilliseconds.p99, '< 50 ms'),
    row('a status call: longest ms', peer.statusMilliseconds.longest, ours.statusMilliseconds.longest, ''),
    row(
      'processor time a job, with the job itself: ms',
      peer.processor.withJobs,
      ours.processor.withJobs,
      '',
    ),
    row('processor time a job, of the server alone: ms', peer.processor.server, ours.processor.server, ''),
    row('memory a job: KiB', peer.memoryKiBPerJob, ours.memoryKiBPerJob, ''),
  ]);
  paper.write();
}

const row = (name: string, peer: number, ours: number, target: string): string[] => [
  name,
  peer.toPrecision(3),
  ours.toPrecision(3),
  (ours / peer).toFixed(2),
  target,
];

function summaryOf(outcomes: readonly Outcome[]): Outcome {
  const of = (pick: (outcome: Outcome) => number): number => median(outcomes.map(pick));
  return {
    acceptedPerSecond: of((outcome) => outcome.acceptedPerSecond),
    donePerSecond: of((outcome) => outcome.donePerSecond),
    statusMilliseconds: {
      median: of(({ statusMilliseconds }) => statusMilliseconds.median),
      p99: of(({ statusMilliseconds }) => statusMilliseconds.p99),
      longest: of(({ statusMilliseconds }) => statusMilliseconds.longest),
    },
    processor: {
      withJobs: of(({ processor }) => processor.withJobs),
      server: of(({ processor }) => processor.server),
    },
    memoryKiBPerJob: of((outcome) => outcome.memoryKiBPerJob),
  };
}
