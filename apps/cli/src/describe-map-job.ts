import path from 'node:path';
import { formatForFileName, recordFormatNamed, recordFormats } from '@galaxy-mesos/formats';
import { failOnExitCode, type Job, jobEnvironment } from '@galaxy-mesos/galaxy-jobs';
import { mergeForFileName, mergeNamed } from '@galaxy-mesos/parallelism';
import type { InputFile } from './input-files.ts';
import type { WorkOptions } from './options.ts';
import { commandText, fillPlaceholders, misspeltPlaceholder, placeholdersIn } from './placeholders.ts';
import { UsageError } from './usage-error.ts';

/** What `galaxy-mesos map` was asked for, its files found. */
export interface MapRequest {
  readonly inputs: readonly InputFile[];
  /** `FORMAT`, or `NAME=FORMAT` where another input than the first is split. */
  readonly split?: string;
  readonly size?: number;
  readonly parts?: number;
  /** Absolute. */
  readonly output: string;
  readonly merge?: string;
  readonly command: readonly string[];
  readonly work: WorkOptions;
}

const outputName = 'output';
/** Galaxy's own number of parts where a tool names none. */
const defaultParts = 20;

/**
 * The job that a `map` command line describes.
 * @throws UsageError, and what strategies and merges throw of parameters that they refuse.
 */
export function describeMapJob(id: string, request: MapRequest): Job {
  const { inputs, work, size, parts } = request;
  const [input, format] = splitOf(request);
  const command = commandText(request.command);
  if (inputs.some(({ name }) => name === outputName)) {
    throw new UsageError(
      `--input ${outputName}=…: {${outputName}} is the result of a task; choose another name`,
    );
  }
  const known = new Set([...inputs.map(({ name }) => name), outputName]);
  const used = placeholdersIn(command, known);
  if (!used.has(input.name)) {
    throw new UsageError(
      `the command does not mention {${input.name}}, the part of ${input.path} that a task works on`,
    );
  }
  const slip = misspeltPlaceholder(command, known);
  if (slip) {
    const { written, meant } = slip;
    throw new UsageError(
      `the command mentions {${written}}: did you mean {${meant}}? If not, write { ${written} }, with blanks`,
    );
  }
  const destination = request.output;
  const extension = path.extname(destination);
  const outputFile = `${outputName}${extension}`;
  const partName = `${input.name}${path.extname(input.path)}`;
  const files = new Map(inputs.map(({ name, path: file }) => [name, file]));
  files.set(input.name, partName).set(outputName, outputFile);
  const parameters = { format, ...(size === undefined ? { parts: parts ?? defaultParts } : { size }) };
  return {
    id,
    name: path.basename(destination),
    command: fillPlaceholders(command, files),
    shell: '/bin/sh',
    ...(used.has(outputName) ? {} : { standardOutput: outputFile }),
    inputs: inputs.map((file) => ({ ...file, partName })),
    outputs: [
      {
        name: outputName,
        file: outputFile,
        whenMissing: 'fail',
        destination,
        merge: mergeOf(request, destination),
      },
    ],
    environment: jobEnvironment(work),
    resources: { cpus: work.cpus, mem: work.mem, disk: work.disk },
    retries: work.retries,
    stdio: failOnExitCode,
    split: { input: input.name, strategy: 'records', parameters },
  };
}

/** Which input is split, as which format. */
function splitOf({ inputs, split }: MapRequest): [InputFile, string] {
  const [, name, named] = /^([A-Za-z_]\w*)=(.*)$/s.exec(split ?? '') ?? [];
  const input = name === undefined ? inputs[0] : inputs.find((file) => file.name === name);
  if (!input) throw new UsageError(`--split ${split}: no --input is named ${name}`);
  const format = named ?? split ?? formatForFileName(input.path)?.name;
  if (format === undefined) {
    const formats = recordFormats.map(({ name: known }) => known).join(', ');
    throw new UsageError(
      `${input.path}: its name does not tell its format; say it with --split (${formats})`,
    );
  }
  return [input, recordFormatNamed(format).name];
}

const mergeOf = ({ merge }: MapRequest, destination: string): string =>
  (merge === undefined ? mergeForFileName(path.basename(destination)) : mergeNamed(merge)).name;
