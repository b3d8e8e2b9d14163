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

/** The parallel environment that most sites have for jobs on one host; `extra` may name another. */
export const usualParallelEnvironment = 'smp';

/** Grid Engine reads `,` and `:` in paths as a list with hosts, replaces `$NAME`, and cannot escape a quote. */
const plainPath = /^[A-Za-z0-9_./+@%=-]+$/;

/** What a list of queues, a project or a name may consist of: Grid Engine refuses blanks and quotes itself. */
const word = (what: string, value: string): string =>
  directiveWord(what, value, {
    form: /^[\p{L}\p{N}_.@*?&|!()/+=,:[\]][\p{L}\p{N}_.@*?&|!()/+=,:[\]-]*$/u,
    title: 'Grid Engine',
    expected: 'letters, digits and _ . @ * ? & | ! ( ) / + = , : [ ] -, without - in front',
  });

/** A directive of the site's own: what does not begin like one would be run. */
const ownLine = {
  form: /^#\$\s.*\S/,
  title: 'Grid Engine',
  example: '#$ -l h_vmem=4G',
  barred: [
    { option: /^-N\s/, because: barredBecause.name },
    { option: /^-t\s/, because: barredBecause.array },
    { option: /^-(?:sync|now)\s+y/i, because: barredBecause.waits },
    { option: /^-(?:verify\s|w\s+[vp])/, because: barredBecause.plans },
    { option: /^-clear\s/, because: 'takes back what stands before it' },
  ],
};

/** Whether a site's own lines already say something. */
function sizeLines(request: BatchJobRequest): string[] {
  const { cpus, gpus, walltimeSeconds, extra } = request;
  const namesSlots = saysAlready(extra, '#$', /\s-pe\s/);
  const namesGpus = saysAlready(extra, '#$', /\s-l\s.*gpu/i);
  return [
    ...(cpus > 1 && !namesSlots ? [`-pe ${usualParallelEnvironment} ${cpus}`] : []),
    ...(gpus > 0 && !namesGpus ? [`-l gpu=${gpus}`] : []),
    `-l h_rt=${Math.ceil(walltimeSeconds)}`,
  ];
}

function exclusion(nodes: readonly string[]): string[] {
  const names = hostNames(nodes);
  return names.length === 0 ? [] : [`-l "h=!(${names.join('|')})"`];
}

/**
 * The script with its `#$` lines. What they leave out is on purpose:
 * memory, for which every site has a resource of its own (`h_vmem` of some limits the address space, by which an agent
 * dies; `mem_free` is refused by `-w e`): `extra` may ask for it;
 * `s_rt`, whose USR1 goes to all processes of the job, and twice.
 */
export function render(request: BatchJobRequest): string {
  const { name, queue, account, extra, excludedNodes } = request;
  const paths = pathDirectives(request, plainPath);
  const options = [
    '-S /bin/bash',
    `-N ${word('the name of the batch job', name)}`,
    `-o ${paths.log}`,
    '-j y',
    `-wd ${paths.directory}`,
    // Never a second time by itself: its processes may still be there.
    '-r n',
    // qdel, and the end of h_rt, are told by USR2 some time before they kill.
    '-notify',
    // What could never run is refused, instead of waiting for ever; `extra` may say otherwise.
    '-w e',
    ...(queue === undefined ? [] : [`-q ${word('the queue', queue)}`]),
    ...(account === undefined ? [] : [`-P ${word('the project', account)}`]),
    ...sizeLines(request),
    ...exclusion(excludedNodes),
  ];
  const directives = options.map((option) => `#$ ${option}`);
  const own = extra.map((line) => directiveLine(line, ownLine));
  return withDirectives(request.script, [...directives, ...own, ...paths.commands]);
}

/** The answer is the bare id; the script comes by standard input, so that no file has to be where the command runs. */
export function submit(request: BatchJobRequest): QueueCommand {
  return { program: 'qsub', arguments: ['-terse'], input: render(request) };
}

/** What stands in the command goes before what the script says: the request is checked, and nothing is taken. */
export function trial(request: BatchJobRequest): QueueCommand {
  return { program: 'qsub', arguments: ['-w', 'v'], input: render(request) };
}
