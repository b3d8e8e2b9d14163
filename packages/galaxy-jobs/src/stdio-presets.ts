import { failOnExitCode, type StdioRules } from './job.ts';

/** What Galaxy's `detect_errors="aggressive"` searches for in stdout and stderr. */
export const aggressivePhrases = [
  'MemoryError',
  'std::bad_alloc',
  'java.lang.OutOfMemoryError',
  'Out of memory',
  'exception:',
  'error:',
];

/**
 * Rules by name: Galaxy's `detect_errors` (`exit_code`, `aggressive`), what it does to tools without a
 * profile (`stderr`: whatever is written there is a failure), and `none`.
 */
export const stdioPresets = {
  exit_code: failOnExitCode,
  aggressive: { ...failOnExitCode, failOnPhrases: aggressivePhrases },
  stderr: { exitCodes: [], failOnStderr: true, failOnPhrases: [] },
  none: { exitCodes: [], failOnStderr: false, failOnPhrases: [] },
} satisfies Record<string, StdioRules>;
