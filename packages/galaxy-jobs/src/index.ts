/**
 * Galaxy's job model as typed values, with pure functions from a tool's XML to the command line of a job.
 *
 * @example
 * const tool = parseTool(xml);
 * const values = toolValues(tool, { inputs: { input: { path, format: 'fasta', name } }, settings: {} });
 * const command = renderCommand(tool, values, { outputs: { output: 'output.tabular' } });
 *
 * @module
 */

export {
  type ContainedCommand,
  containerStatuses,
} from './container/contained-command.ts';
export { containerCommand } from './container/container-command.ts';
export { isContainerCommand } from './container/is-container-command.ts';
export { commandFiles } from './document/command-files.ts';
export { type JobDocument, jobDocumentSchema } from './document/job-document.ts';
export { type JobFacts, jobOfDocument } from './document/job-of-document.ts';
export { inputPaths, partName } from './document/local-files.ts';
export { parseJobDocument } from './document/parse-job-document.ts';
export {
  fillPlaceholders,
  hasPlaceholders,
  type PlaceholderText,
  placeholderFiller,
  placeholdersIn,
} from './document/placeholders.ts';
export { parseSplitPlan, type SplitPlan } from './document/plan-document.ts';
export {
  attemptDirectory,
  type Container,
  type ContainerRuntime,
  containerRuntimes,
  containerSchema,
  cutInputNames,
  defaultArity,
  type ErrorLevel,
  errorLevels,
  failOnExitCode,
  filesOfInput,
  type Job,
  type JobFile,
  type JobResources,
  type JobState,
  jobResourcesSchema,
  jobSchema,
  jobStates,
  type OutputMerge,
  type Split,
  type SplitStep,
  type StdioRules,
  splitSchema,
  stdioRulesSchema,
} from './job.ts';
export {
  JobDescriptionError,
  type JobDescriptionErrorCode,
  type JobDescriptionProblem,
} from './job-description-error.ts';
export { jobEnvironment } from './job-environment.ts';
export { jobTransitions, mayBecome } from './job-transitions.ts';
export {
  type AgentView,
  type AttemptView,
  type FailedPartsView,
  type FailedPartView,
  isEnded,
  type JobEvent,
  type JobQuery,
  JobServiceError,
  type JobServiceErrorCode,
  type JobView,
  type StagedJob,
  type StagedPart,
  type TaskCounts,
  type TaskView,
  type WaitingView,
} from './job-view.ts';
export { type CoreMetrics, coreMetricFiles, coreMetrics } from './metrics/core-metrics.ts';
export { nearest } from './nearest.ts';
export { parseTool } from './parse/parse-tool.ts';
export { type CommandPaths, renderCommand } from './render-command.ts';
export { noResourceRules, type ResourceRules, resourceRulesSchema } from './resources/resource-rules.ts';
export { type RequestedResources, resourcesOfParameters } from './resources/resources-of-parameters.ts';
export {
  type PatternMerges,
  type RequestedSplit,
  splitOfParameters,
} from './resources/split-of-parameters.ts';
export { fitsPattern } from './resources/tool-pattern.ts';
export {
  type EnvironmentEntry,
  environmentEntriesSchema,
  environmentEntrySchema,
} from './script/environment-entry.ts';
export { jobDirectoryLayout } from './script/job-directory-layout.ts';
export { type JobScriptSettings, renderJobScript, scriptDescriptor } from './script/render-job-script.ts';
export { retriedMemoryLines } from './script/retried-memory-lines.ts';
export { splitAtPath } from './script/split-at-path.ts';
export { isPlainWord, quotedWhereNeeded, shellWord } from './shell-word.ts';
export type {
  BooleanInput,
  ConditionalCase,
  ConditionalInput,
  DataInput,
  FloatInput,
  HiddenInput,
  IntegerInput,
  SectionInput,
  SelectInput,
  SelectOption,
  TextInput,
  Tool,
  ToolCommand,
  ToolInput,
  ToolOutput,
  ToolParallelism,
  ToolRequirement,
  Validator,
} from './tool.ts';
export { ToolError, type ToolErrorCode, type ToolProblem } from './tool-error.ts';
export { type GivenValues, toolValues } from './tool-values.ts';
export type { Dataset, ToolValue, ToolValues } from './values.ts';
