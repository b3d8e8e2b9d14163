import { isContainerCommand } from '../container/is-container-command.ts';
import type { Job, JobFile } from '../job.ts';
import { type JobDescriptionProblem, throwProblems } from '../job-description-error.ts';
import { jobEnvironment } from '../job-environment.ts';
import type { ResourceParameters } from '../resources/parameters.ts';
import { noResourceRules, type ResourceRules, rulesForTool } from '../resources/resource-rules.ts';
import { overLimits, resourcesOf } from '../resources/resources-of-parameters.ts';
import { stdioPresets } from '../stdio-presets.ts';
import { commandFiles } from './command-files.ts';
import type { JobDocument } from './job-document.ts';
import { inputPaths, outputFile, partName } from './local-files.ts';
import { mergesOfDocument } from './merge-document.ts';
import { fillPlaceholders } from './placeholders.ts';
import { splitOfDocument } from './split-document.ts';

/** What a document does not say. */
export interface JobFacts {
  /** For a document without an id. */
  readonly id: string;
  /** What the files are like now, by the names of the inputs; one for each file, in order. */
  readonly inputs: Readonly<Record<string, readonly Readonly<Omit<JobFile, 'path'>>[]>>;
  readonly owner?: string;
  readonly rules?: ResourceRules;
}

/**
 * The job that a document describes.
 * @throws JobDescriptionError if it asks for more than the rules allow, or a file is not among the facts
 */
export function jobOfDocument(document: JobDocument, facts: JobFacts): Job {
  const asked = askedBy(document);
  const { defaults, limits } = rulesForTool(facts.rules ?? noResourceRules, document.toolId);
  const inputs = inputsOf(document, facts);
  throwProblems([...inputs.problems, ...overLimits(asked, limits, fieldOf)]);
  const { container, ...requested } = resourcesOf(asked, defaults, limits);
  const outputs = outputsOf(document);
  const split = document.split && splitOfDocument(document.split, document.failedParts);
  const standardOutput = outputs.find(({ name }) => name === document.standardOutput)?.file;
  return {
    id: document.id ?? facts.id,
    name: document.name ?? /\S+/.exec(document.command)?.[0] ?? 'job',
    command: fillPlaceholders(document.command, commandFiles({ split, inputs: inputs.found, outputs })),
    shell: document.shell,
    ...(standardOutput !== undefined && { standardOutput }),
    inputs: inputs.found,
    outputs,
    environment: { ...jobEnvironment(requested.resources), ...document.environment },
    ...requested,
    ...(container && !isContainerCommand(document.command) && { container }),
    retries: document.retries,
    stdio: typeof document.stdio === 'string' ? stdioPresets[document.stdio] : document.stdio,
    ...(split && { split }),
    ...(facts.owner !== undefined && { owner: facts.owner }),
  };
}

/** The document's wishes by the names that the administrator's rules use. */
function askedBy(document: JobDocument): ResourceParameters {
  const { resources, walltime, queue, priority, user, outOfMemory, container } = document;
  const { image, runtime, volumes } =
    typeof container === 'string' ? { image: container } : (container ?? {});
  return {
    ...resources,
    ...(walltime !== undefined && { walltime }),
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
    ...(user !== undefined && { user }),
    ...(outOfMemory?.factor !== undefined && { mem_retry_factor: outOfMemory.factor }),
    ...(outOfMemory && { mem_retry_max: outOfMemory.maximum }),
    ...(image !== undefined && { container: image }),
    ...(runtime !== undefined && { container_runtime: runtime }),
    ...(volumes !== undefined && { container_volumes: volumes }),
  };
}

const fieldOf = (name: string): string =>
  ['cpus', 'mem', 'disk', 'gpus'].includes(name) ? `resources.${name}` : name;

function inputsOf(
  document: JobDocument,
  known: JobFacts,
): { found: Job['inputs']; problems: JobDescriptionProblem[] } {
  const found: Job['inputs'] = [];
  const problems: JobDescriptionProblem[] = [];
  for (const [name, given] of Object.entries(document.inputs)) {
    const facts = Object.hasOwn(known.inputs, name) ? (known.inputs[name] ?? []) : [];
    const paths = inputPaths(given);
    const [first, ...more] = paths.flatMap((path, index) =>
      facts.slice(index, index + 1).map(({ size, modifiedAt }) => ({ path, size, modifiedAt })),
    );
    const missing = paths[facts.length];
    if (missing !== undefined)
      problems.push({ code: 'MISSING', field: `inputs.${name}`, text: `there is no file ${missing}` });
    else if (first)
      found.push({ name, ...first, partName: partName(name, first.path), ...(more.length > 0 && { more }) });
  }
  return { found, problems };
}

const outputsOf = (document: JobDocument): Job['outputs'] =>
  Object.entries(document.outputs).map(([name, output]) => {
    const file = outputFile(name, output);
    if (typeof output === 'string') {
      return { name, file, destination: output, whenMissing: 'fail' };
    }
    const { destination, whenMissing, merge } = output;
    return {
      name,
      file,
      destination,
      whenMissing,
      ...(merge !== undefined && { merges: mergesOfDocument(merge) }),
    };
  });
