// A reporter of vitest: appends what failed to the file that an environment variable names, so that several test runs
// can tell of it together, after all their output.
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter } from 'vitest/node';

/** The environment variable that names the file. */
export const failuresVariable = 'GALAXY_MESOS_TEST_FAILURES';

type Modules = Parameters<NonNullable<Reporter['onTestRunEnd']>>[0];
type Failure = Parameters<NonNullable<Reporter['onTestRunEnd']>>[1][number];

const mostLines = 40;

export default class FailureReporter implements Reporter {
  onTestRunEnd(modules: Modules, unhandled: readonly Failure[]): void {
    const file = process.env[failuresVariable];
    const failures = [...told(modules), ...unhandled.map((failure) => tell('outside of a test', [failure]))];
    if (file !== undefined && failures.length > 0) appendFileSync(file, `${failures.join('\n')}\n`);
  }
}

function* told(modules: Modules): Generator<string> {
  for (const module of modules) {
    const where = `${module.project.name}  ${module.relativeModuleId}`;
    if (module.errors().length > 0) yield tell(where, module.errors());
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) yield tell(`${where} > ${suite.fullName}`, suite.errors());
    }
    for (const test of module.children.allTests('failed')) {
      yield tell(`${where} > ${test.fullName}`, test.result().errors ?? []);
    }
  }
}

function tell(where: string, failures: readonly Failure[]): string {
  const lines = failures.flatMap((failure) => [
    `${failure.name ?? 'Error'}: ${failure.message}`,
    ...(failure.diff ? [failure.diff] : []),
    ...(failure.stacks ?? []).map(
      ({ file, line, column }) => `  at ${path.relative('.', file)}:${line}:${column}`,
    ),
  ]);
  const short = lines.join('\n').split('\n').slice(0, mostLines);
  return [`× ${where}`, ...short.map((line) => `    ${line}`)].join('\n');
}
