import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from './schema.ts';

/** What is different in a configuration that was read again. */
export interface ConfigurationChanges {
  /** Settings that apply at once. */
  readonly applied: readonly string[];
  /** Settings that stay as they were until the daemon is started again. */
  readonly needRestart: readonly string[];
}

/** These can be changed while the daemon runs. */
const changeable: ReadonlySet<string> = new Set([
  'tokens',
  'tls',
  'resources',
  'scheduling',
  'log_level',
  'api',
]);

/** Compares two configurations setting by setting. */
export function changesBetween(before: Configuration, after: Configuration): ConfigurationChanges {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !isDeepStrictEqual(settingOf(before, name), settingOf(after, name)));
  // That there is TLS at all cannot be changed on a socket that listens.
  const needsRestart = (name: string) =>
    !changeable.has(name) || (name === 'tls' && (before.tls === undefined || after.tls === undefined));
  return {
    applied: changed.filter((name) => !needsRestart(name)),
    needRestart: changed.filter(needsRestart),
  };
}

const settingOf = (configuration: Configuration, name: string): unknown => Reflect.get(configuration, name);
