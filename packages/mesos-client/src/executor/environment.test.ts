import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MesosError } from '../mesos-error.ts';
import { readExecutorEnvironment } from './environment.ts';

const variables = {
  MESOS_FRAMEWORK_ID: 'framework-1',
  MESOS_EXECUTOR_ID: 'executor-1',
  MESOS_AGENT_ENDPOINT: '127.0.0.1:5051',
  MESOS_SLAVE_PID: 'slave(1)@127.0.0.1:5051',
  MESOS_SANDBOX: '/sandbox',
  MESOS_CHECKPOINT: '1',
  MESOS_RECOVERY_TIMEOUT: '1mins',
  MESOS_SUBSCRIPTION_BACKOFF_MAX: '500ms',
  MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '3secs',
};

interface Line {
  readonly environment?: Readonly<Record<string, string>>;
}

const recording = new URL('../../../../test-fixtures/mesos-1.11.0/07-executor.jsonl', import.meta.url);
const recorded = readFileSync(recording, 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as Line).environment)
  .filter((environment) => environment !== undefined);

function errorOf(changes: Readonly<Record<string, string | undefined>>): MesosError {
  try {
    readExecutorEnvironment({ ...variables, ...changes });
  } catch (error) {
    return error as MesosError;
  }
  throw new Error('it was taken');
}

describe('readExecutorEnvironment', () => {
  it('reads what Mesos sets', () => {
    expect(readExecutorEnvironment(variables)).toStrictEqual({
      frameworkId: 'framework-1',
      executorId: 'executor-1',
      endpoint: new URL('http://127.0.0.1:5051/slave(1)/api/v1/executor'),
      sandbox: '/sandbox',
      recoveryTimeout: 60_000,
      maximumBackoff: 500,
      shutdownGrace: 3000,
    });
  });

  it('reads every environment that a Mesos 1.11.0 agent was recorded with', () => {
    const read = recorded.map((environment) => readExecutorEnvironment(environment));
    expect(read.map(({ executorId, recoveryTimeout }) => [executorId, recoveryTimeout])).toStrictEqual([
      ['ex-1', 0],
      ['ex-2', 0],
      ['ex-3', 60_000],
      ['ex-4', 0],
      ['ex-5', 0],
      ['ex-6', 0],
    ]);
    expect(new Set(read.map(({ endpoint }) => endpoint.pathname))).toStrictEqual(
      new Set(['/slave(1)/api/v1/executor']),
    );
    expect(read.flatMap(({ socketPath }) => socketPath ?? [])).toStrictEqual([
      '/var/lib/mesos/agent/run/agent.sock',
      '/var/lib/mesos/agent/run/agent.sock',
    ]);
  });

  it('waits for no agent where the framework does not checkpoint', () => {
    const { recoveryTimeout } = readExecutorEnvironment({ ...variables, MESOS_CHECKPOINT: '0' });
    expect(recoveryTimeout).toBe(0);
  });

  it('takes the defaults of Mesos for durations that older agents do not tell', () => {
    const { MESOS_RECOVERY_TIMEOUT, MESOS_SUBSCRIPTION_BACKOFF_MAX, ...older } = variables;
    const { MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD, ...oldest } = older;
    expect(readExecutorEnvironment(oldest)).toMatchObject({
      recoveryTimeout: 900_000,
      maximumBackoff: 2000,
      shutdownGrace: 5000,
    });
  });

  it('makes a bearer of the token', () => {
    const { credential } = readExecutorEnvironment({
      ...variables,
      MESOS_EXECUTOR_AUTHENTICATION_TOKEN: 'a.b.c',
    });
    expect(credential).toStrictEqual({ token: 'a.b.c' });
  });

  it('speaks https where Mesos does, and without a path of its own where the agent tells none', () => {
    const { endpoint } = readExecutorEnvironment({
      ...variables,
      LIBPROCESS_SSL_ENABLED: 'true',
      MESOS_SLAVE_PID: undefined,
    });
    expect(endpoint.href).toBe('https://127.0.0.1:5051/api/v1/executor');
  });

  it('falls back to the sandbox by its older name', () => {
    const { sandbox } = readExecutorEnvironment({
      ...variables,
      MESOS_SANDBOX: undefined,
      MESOS_DIRECTORY: '/directory',
    });
    expect(sandbox).toBe('/directory');
  });

  it.each([
    ['MESOS_FRAMEWORK_ID', undefined, 'is not set'],
    ['MESOS_FRAMEWORK_ID', '', 'is not set'],
    ['MESOS_EXECUTOR_ID', undefined, 'is not set'],
    ['MESOS_AGENT_ENDPOINT', undefined, 'is not set'],
    ['MESOS_AGENT_ENDPOINT', 'localhost', 'expected host:port'],
    ['MESOS_AGENT_ENDPOINT', 'a:1/b', 'expected host:port'],
    ['MESOS_AGENT_ENDPOINT', 'a:99999', 'expected host:port'],
    ['MESOS_SLAVE_PID', '127.0.0.1:5051', 'expected slave(1)@host:port'],
    ['MESOS_SANDBOX', undefined, 'is not set'],
    ['MESOS_CHECKPOINT', 'true', 'expected 0 or 1'],
    ['MESOS_RECOVERY_TIMEOUT', '15', 'expected a duration'],
    ['MESOS_SUBSCRIPTION_BACKOFF_MAX', 'soon', 'expected a duration'],
    ['MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD', '-1secs', 'expected a duration'],
  ])('names %s where it is %j', (name, value, problem) => {
    const error = errorOf({ [name]: value });
    expect(error).toMatchObject({ code: 'NOT_AN_EXECUTOR', setting: name });
    expect(error.message).toContain(name);
    expect(error.message).toContain(problem);
  });
});
