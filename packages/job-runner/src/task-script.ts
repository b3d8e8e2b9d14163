import path from 'node:path';
import {
  attemptDirectory,
  containerCommand,
  containerStatuses,
  cutInputNames,
  type ErrorLevel,
  filesOfInput,
  type Job,
  retriedMemoryLines,
  type StdioRules,
} from '@galaxy-mesos/galaxy-jobs';
import { cutCommand, type Piece, quoteForShell } from '@galaxy-mesos/parallelism';
import type { HandedPart } from './planning/planned-data.ts';

/** The files that {@link renderTaskScript} expects and makes, relative to the job's directory. */
export const scriptFiles = {
  task: 'task.sh',
  command: 'command.sh',
  attempts: 'attempts',
  /** Bytes that parts need and no input has. */
  sidecar: 'parts.sidecar',
  /** What is remembered of the plan. */
  plan: 'plan.json',
  /** By what the job was planned. */
  facts: 'plan-facts.json',
  /** Scripts of joins, and what was joined beside the runner. */
  joins: 'joins',
} as const;

const failing: readonly ErrorLevel[] = ['fatal', 'fatal_oom'];

/** Exit status of a task whose command ended well but whose output is missing (sysexits' EX_NOINPUT). */
const missingOutputStatus = 66;

/**
 * The script that every task of a job runs. In the attempt's own directory it cuts the task's part of the
 * split input, runs the job's command, and decides by the job's rules whether that failed. What it needs of a
 * machine is a POSIX shell with its usual programs.
 */
export function renderTaskScript(job: Job, directory: string, { keepParts }: { keepParts: boolean }): string {
  return [
    '#!/bin/sh',
    `# Made by galaxy-mesos: runs one task of the job ${printable(job.name)}.`,
    ...(job.split ? usageLines : []),
    ...stopLines,
    ...enterAttemptLines(directory),
    ...makeDirectoryLines(job),
    ...(job.split ? ['eval "$1" || exit 1'] : []),
    ...prepareOutputLines(job),
    ...retriedMemoryLines(job),
    exitIfStopped,
    ...commandLines(job, directory),
    exitIfStopped,
    ...judgeLines(job.stdio),
    ...checkOutputLines(job),
    ...(keepParts ? [] : removePartLines(job)),
    'exit 0',
    '',
  ].join('\n');
}

const usageLines = [
  '# usage: task.sh CUT [COMMAND], where CUT is shell text that writes the parts of the inputs and says how they are',
  "# removed, and COMMAND the job's command as it is for this part, unless CUT has written that, too",
];

/**
 * SIGTERM reaches the command as well, which may take some time to end in order: this script has to outlive it,
 * because all that is left is killed as soon as the script has ended.
 */
const stopLines = ['stopped=', "trap 'stopped=yes' TERM"];

/** As a shell reports a death by SIGTERM. Whatever a command says that was asked to end, it has not done its work. */
const exitIfStopped = '[ -z "$stopped" ] || exit 143';

/** Goes to the attempt's own directory; where the sandbox is that directory, it is there already. */
export const enterAttemptLines = (directory: string): string[] => [
  `job=${quoteForShell(directory)}`,
  `attempt="$job/${scriptFiles.attempts}/$GALAXY_MESOS_ATTEMPT_ID"`,
  '[ -d "$attempt" ] || mkdir -p "$attempt" || exit 1',
  'cd "$attempt" || exit 1',
];

/** The job's command as a script of its own, so that nothing in it can derail the script around it. */
export const renderCommandScript = (job: Job): string => `${job.command}\n`;

/**
 * What the scheduler runs: the task script, or a message if the machine does not see the job's directory. An input
 * that another alternative would cut lies whole where the command looks for its part.
 */
export function taskCommand(
  directory: string,
  job: Job,
  { slices, command, commandAt }: Pick<HandedPart, 'slices' | 'command' | 'commandAt'> = { slices: [] },
): string {
  const script = quoteForShell(`${directory}/${scriptFiles.task}`);
  const sliced = new Map(slices.map((slice) => [slice.input, slice]));
  const made: string[] = [];
  const cut = cutInputs(job).flatMap(({ name, path: file, partName }) => {
    const { pieces, beside = [] } = sliced.get(name) ?? { pieces: [{ kind: 'file', path: file }] as const };
    const others = beside.map((other) => cutCommand(other.pieces.map(copied), partName + other.suffix));
    made.push(partName, ...beside.map(({ suffix }) => partName + suffix));
    return [cutCommand(seenPieces(job, pieces), partName), ...others];
  });
  if (commandAt) cut.push(cutCommand([{ kind: 'range', ...commandAt }], partScript));
  const clear = `${removeParts}() { rm -f -- ${made.map(quoteForShell).join(' ')}; }`;
  const words = [[clear, ...cut].join(' && '), ...(command === undefined ? [] : [command])];
  const given = job.split ? words.map((word) => ` ${quoteForShell(word)}`).join('') : '';
  return `${guard(directory, script)}\nexec /bin/sh ${script}${given}`;
}

/** In a container only the job's own inputs can be seen; other files are copied to where it sees them. */
function seenPieces({ container, inputs }: Job, pieces: readonly Piece[]): readonly Piece[] {
  if (!container) return pieces;
  const seen = new Set(inputs.flatMap((input) => filesOfInput(input).map((file) => file.path)));
  return pieces.map((piece) => (piece.kind === 'file' && seen.has(piece.path) ? piece : copied(piece)));
}

/** No link: programs that make what lies beside a file would write through one, into what others use. */
const copied = (piece: Piece): Piece =>
  piece.kind === 'file' ? { kind: 'command', command: `cat < ${quoteForShell(piece.path)}` } : piece;

/** Exit status of a task on a machine that does not see the job's directory; {@link unseenMarker} tells it apart. */
export const unseenStatus = 97;

/** Stands in the stderr of a task that ended with {@link unseenStatus} for that reason. */
export const unseenMarker = 'galaxy-mesos: this machine does not see';

/** Ends a task whose machine does not see a file of the job's directory. */
export const guard = (directory: string, quotedFile: string): string =>
  `[ -f ${quotedFile} ] || { echo ${quoteForShell(`${unseenMarker} ${directory}`)} >&2; exit ${unseenStatus}; }`;

/** Which files are beside a part depends on the part: CUT says what is to be removed. */
const removeParts = 'remove_parts';
const removePartLines = (job: Job): string[] => (job.split ? [removeParts] : []);

/** The job's command as it is for a part, in the attempt's directory. */
const partScript = './.part.sh';

/** Where outputs lie in directories of their own, these are there before the command runs. */
const makeDirectoryLines = (job: Job): string[] => {
  const files = [...job.outputs.map(({ file }) => file), job.standardOutput ?? ''];
  const directories = new Set(files.map((file) => path.posix.dirname(file)));
  directories.delete('.');
  return [...directories].map((directory) => `mkdir -p -- ${quoteForShell(directory)} || exit 1`);
};

/** As Galaxy does: outputs that may stay empty are there before the command runs. */
const prepareOutputLines = (job: Job): string[] =>
  job.outputs.flatMap(({ file, whenMissing }) =>
    whenMissing === 'empty' ? [`: > ${quoteForShell(file)}`] : [],
  );

function commandLines(job: Job, directory: string): string[] {
  const lines: string[] = [];
  let script = `"$job/${scriptFiles.command}"`;
  if (job.split) {
    lines.push(
      `script=${script}`,
      `[ $# -lt 2 ] || printf '%s\\n' "$2" > ${partScript} || exit 1`,
      `[ ! -f ${partScript} ] || script=${partScript}`,
    );
    script = '"$script"';
  }
  if (job.command.includes(attemptDirectory)) {
    const prefix = `${directory}/${scriptFiles.attempts}/`.replace(/[&|\\]/g, '\\$&');
    const substitution = quoteForShell(`s|${attemptDirectory}|${prefix}`);
    lines.push(`sed -e ${substitution}"$GALAXY_MESOS_ATTEMPT_ID|g" ${script} > .command.sh || exit 1`);
    script = './.command.sh';
  }
  const output = job.standardOutput === undefined ? '' : ` > ${quoteForShell(job.standardOutput)}`;
  const captured = needsCapture(job.stdio);
  const streams = captured ? `${output || ' > tool_stdout'} 2> tool_stderr` : output;
  lines.push(`${contained(job, `${job.shell} ${script}`)}${streams}`, 'code=$?');
  if (job.container) lines.push(`case $code in ${ownCodes}) exit "$code";; esac`);
  if (captured) lines.push(...(output ? [] : ['cat tool_stdout']), 'cat tool_stderr >&2');
  return lines;
}

/** Ends that say nothing of the command: it never ran, or its container was ended. */
const ownCodes = Object.values(containerStatuses).join('|');

/** What runs the command, in the job's image if it has one: only the attempt's own directory can be written there. */
export function contained(job: Job, command: string): string {
  const { container, inputs, environment, resources } = job;
  if (!container) return command;
  return containerCommand({
    container,
    command,
    mounts: [
      { path: '"$job"', readOnly: true },
      { path: '"$attempt"' },
      ...inputs.flatMap(filesOfInput).map((file) => ({ path: quoteForShell(file.path), readOnly: true })),
    ],
    workingDirectory: '"$attempt"',
    name: '"$GALAXY_MESOS_ATTEMPT_ID"',
    environment: Object.keys(environment),
    gpus: (resources.gpus ?? 0) > 0,
  });
}

const needsCapture = ({ failOnStderr, failOnPhrases }: StdioRules): boolean =>
  failOnStderr || failOnPhrases.length > 0;

function judgeLines({ exitCodes, failOnStderr, failOnPhrases }: StdioRules): string[] {
  const lines = ['failed='];
  if (exitCodes.length > 0) {
    exitCodes.forEach(({ from, to, level }, index) => {
      const bounds = [
        ...(from === null ? [] : [`"$code" -ge ${from}`]),
        ...(to === null ? [] : [`"$code" -le ${to}`]),
      ];
      const condition = bounds.length > 0 ? bounds.map((bound) => `[ ${bound} ]`).join(' && ') : 'true';
      const verdict = failing.includes(level) ? 'yes' : '';
      lines.push(`${index === 0 ? 'if' : 'elif'} ${condition}; then failed=${verdict}`);
    });
    lines.push('fi');
  }
  if (failOnStderr) lines.push('[ -s tool_stderr ] && failed=yes');
  for (const phrase of failOnPhrases) {
    lines.push(`grep -iqF -e ${quoteForShell(phrase)} tool_stderr && failed=yes`);
    lines.push(`[ ! -f tool_stdout ] || ! grep -iqF -e ${quoteForShell(phrase)} tool_stdout || failed=yes`);
  }
  return [...lines, 'if [ "$failed" ]; then', '  [ "$code" -ne 0 ] || code=1', '  exit "$code"', 'fi'];
}

/**
 * An output that may stay empty is there before the command runs: of a part that took it away the records would be
 * missing in silence.
 */
const checkOutputLines = (job: Job): string[] =>
  job.outputs.flatMap(({ file, whenMissing }) => {
    const quoted = quoteForShell(file);
    if (whenMissing === 'empty' && !job.split) return [`[ -e ${quoted} ] || : > ${quoted}`];
    const did = whenMissing === 'empty' ? 'took away' : 'did not write';
    const message = quoteForShell(`galaxy-mesos: the command ended well, but ${did} its output ${file}`);
    return [`[ -e ${quoted} ] || { echo ${message} >&2; exit ${missingOutputStatus}; }`];
  });

function cutInputs(job: Job): Job['inputs'] {
  const names = cutInputNames(job);
  return job.inputs.filter(({ name }) => names.has(name));
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');
