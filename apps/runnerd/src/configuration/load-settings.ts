import { readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../runnerd-error.ts';
import { pathTrouble } from '../system-words.ts';
import { applyFlags, flagOfSetting } from './apply-flags.ts';
import type { DocumentPath } from './document.ts';
import type { DaemonFlags } from './flags.ts';
import { withAbsolutePaths } from './paths.ts';
import { type ReadConfiguration, readConfiguration } from './read-configuration.ts';
import { type Settings, type Settled, settle } from './settings.ts';
import { readSecretFile } from './tokens.ts';

/** What settings are read from besides the flags. */
export interface LoadingSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly userId: number;
}

/** Reads the configuration file, if one is named, the flags and the environment; called again at SIGHUP. */
export function loadSettings(flags: DaemonFlags, surroundings: LoadingSurroundings): Settled {
  const { directory, environment, userId } = surroundings;
  const file = flags.config === undefined ? undefined : path.resolve(directory, flags.config);
  const read = readFile(file, flags.config ?? '');
  if (!read.configuration) return { problems: read.problems };
  const found =
    file === undefined ? read.configuration : withAbsolutePaths(read.configuration, path.dirname(file));
  const { configuration, problems, given } = applyFlags(found, flags, directory);
  const placeOf = (setting: DocumentPath): string => {
    const flag = flagOfSetting[setting.join('.')] ?? flagOfSetting[String(setting[0])];
    const isFromFlag = file === undefined || [...given].some((name) => setting.join('.').startsWith(name));
    return isFromFlag && flag !== undefined ? flag : read.placeOf(setting);
  };
  const settled = settle(configuration, {
    ...{ environment, userId, readSecret: readSecretFile, placeOf },
    directory: file === undefined ? directory : path.dirname(file),
  });
  if (problems.length > 0) return { problems: [...problems, ...settled.problems] };
  return settled.settings && file !== undefined
    ? warned(settled.settings, file, flags.config ?? file)
    : settled;
}

/** Tokens may stand in the file itself, which others may be able to read. */
function warned(settings: Settings, file: string, name: string): Settled {
  const hasTokens = Object.values(settings.configuration.tokens).some(({ value }) => value !== undefined);
  if (!hasTokens || !readSecretFile(file).isOpen) return { settings, problems: [] };
  const warning = `everybody on this machine can read the tokens in ${name}: chmod 600 it`;
  return { settings: { ...settings, warnings: [...settings.warnings, warning] }, problems: [] };
}

function readFile(file: string | undefined, name: string): ReadConfiguration {
  if (file === undefined) return readConfiguration('', 'the configuration');
  try {
    return readConfiguration(readFileSync(file, 'utf8'), name);
  } catch (error) {
    const advice =
      codeOf(error) === 'ENOENT'
        ? '; name another, or leave --config out: everything has a default, and flags say the rest'
        : '';
    return {
      problems: [{ place: '--config', text: `${pathTrouble(error, name)}${advice}` }],
      placeOf: () => name,
    };
  }
}
