import type { BatchJobRequest, QueueCommand } from '../dialect.ts';
import {
  barredBecause,
  directiveLine,
  directiveWord,
  hostNames,
  pathDirectives,
  saysAlready,
  withDirectives,
} from '../directives.ts';

/** LSF replaces `%J` in paths, and nobody has written down how it takes quotes apart. */
const plainPath = /^[A-Za-z0-9_./+@=-]+$/;

/** What a queue or a project may be called so that nothing of it is taken for something else. */
const word = (what: string, value: string): string =>
  directiveWord(what, value, {
    form: /^[\p{L}\p{N}_.@/+=:][\p{L}\p{N}_.@/+=:-]*$/u,
    title: 'LSF',
    expected: 'letters, digits and _ . @ / + = : -, without - in front',
  });

/** A directive of the site's own: what does not begin like one would be run. */
const ownLine = {
  form: /^#BSUB\s.*\S/,
  title: 'LSF',
  example: '#BSUB -x',
  barred: [
    // `-Jd` describes the job.
    { option: /^-J(?!d\b)/, because: barredBecause.name },
    { option: /^-pack\b/, because: barredBecause.array },
    { option: /^-clusters\b/, because: barredBecause.elsewhere },
    { option: /^-(?:K|I)/, because: barredBecause.waits },
  ],
};

const minutes = (seconds: number): number => Math.max(1, Math.ceil(seconds / 60));

function sizeLines({ cpus, memMb, gpus, walltimeSeconds, warningSeconds, extra }: BatchJobRequest): string[] {
  const walltime = minutes(walltimeSeconds);
  const warning = minutes(warningSeconds);
  return [
    `-n ${cpus}`,
    '-R "span[hosts=1]"',
    // Reserved, not limited. A site may count it for each cpu, or have another way: `extra` may say it instead.
    ...(saysAlready(extra, '#BSUB', /\s-M\s|mem=/) ? [] : [`-R "rusage[mem=${memMb}MB]"`]),
    ...(gpus > 0 && !saysAlready(extra, '#BSUB', /\s-gpu\s|gpu/) ? [`-gpu "num=${gpus}"`] : []),
    `-W ${Math.floor(walltime / 60)}:${String(walltime % 60).padStart(2, '0')}`,
    // As at the end of the walltime, and as `stop` does, the signal goes to all processes of the job.
    ...(warningSeconds > 0 && warning < walltime ? ['-wa USR2', `-wt ${warning}`] : []),
  ];
}

function exclusion(nodes: readonly string[]): string[] {
  const names = hostNames(nodes);
  return names.length === 0 ? [] : [`-R "select[${names.map((name) => `hname!='${name}'`).join(' && ')}]"`];
}

/** The script with its `#BSUB` lines. */
export function render(request: BatchJobRequest): string {
  const { name, queue, account, extra, excludedNodes } = request;
  const paths = pathDirectives(request, plainPath);
  const options = [
    `-J ${word('the name of the batch job', name)}`,
    `-o ${paths.log}`,
    `-cwd ${paths.directory}`,
    // Never a second time by itself: its processes may still be there.
    '-rn',
    ...(queue === undefined ? [] : [`-q ${word('the queue', queue)}`]),
    ...(account === undefined ? [] : [`-P ${word('the project', account)}`]),
    ...sizeLines(request),
    ...exclusion(excludedNodes),
  ];
  const own = extra.map((line) => directiveLine(line, ownLine));
  return withDirectives(request.script, [
    ...options.map((option) => `#BSUB ${option}`),
    ...own,
    ...paths.commands,
  ]);
}

/** By standard input: `bsub FILE` would not read the directives. */
export function submit(request: BatchJobRequest): QueueCommand {
  return { program: 'bsub', arguments: [], input: render(request) };
}
