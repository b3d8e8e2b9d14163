import { ClientError } from '@galaxy-mesos/front-doors/client';
import { expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { exitCodeOf } from '../report-error.ts';
import { askDaemon } from './ask-daemon.ts';

const connection = { daemon: 'http://127.0.0.1:1', token: 'secret' };

it.each([
  ['BAD_REQUEST', exitCodes.usage],
  ['UNAUTHORIZED', exitCodes.failed],
])('tells what was asked wrongly from what could not be done: %s', async (code, exitCode) => {
  const cause = new ClientError(code, 'what the daemon says');
  const thrown = await askDaemon(connection, () => Promise.reject(cause)).catch((error: unknown) => error);
  expect(exitCodeOf(thrown)).toBe(exitCode);
  expect(thrown).toMatchObject({ cause });
});

it('leaves other errors as they are', async () => {
  const error = new TypeError('a slip');
  await expect(askDaemon(connection, () => Promise.reject(error))).rejects.toBe(error);
});

it('answers what the daemon does', async () => {
  expect(await askDaemon(connection, async ({ url }) => url)).toBe(connection.daemon);
});
