export {
  attemptDirectory,
  type ErrorLevel,
  errorLevels,
  failOnExitCode,
  type Job,
  type JobResources,
  jobResourcesSchema,
  jobSchema,
  type Split,
  type StdioRules,
  splitSchema,
  stdioRulesSchema,
} from './job.ts';
