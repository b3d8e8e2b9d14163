import path from 'node:path';
import type { z } from 'zod';
import type { DaemonFlags } from './flags.ts';
import { issueText } from './issue-text.ts';
import type { ConfigurationProblem } from './problem.ts';
import { type Configuration, configurationSchema } from './schema.ts';

/** What a flag stands for: the setting that it overrules. */
export const flagOfSetting: Readonly<Record<string, string>> = {
  listen: '--listen',
  open_to_everyone: '--open-to-everyone',
  state: '--state',
  store: '--store',
  standby: '--standby',
  'mesos.url': '--mesos',
  staging: '--staging',
  agent_url: '--agent-url',
  run_as: '--run-as',
  log_level: '--log-level',
  tokens: '--token',
  'tokens.default.file': '--token-file',
};

/** What tokens given by a flag are called. */
const tokenName = 'default';

/** A configuration overruled by flags, and what is wrong with them. */
export interface Applied {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
  /** The settings that came from flags, as in {@link flagOfSetting}. */
  readonly given: ReadonlySet<string>;
}

/** Lets flags overrule a configuration; their paths are relative to `directory`. */
export function applyFlags(configuration: Configuration, flags: DaemonFlags, directory: string): Applied {
  const problems: ConfigurationProblem[] = [];
  const given = new Set<string>();
  const { shape } = configurationSchema;

  function checked<T>(setting: string, schema: z.ZodType<T>, value: unknown, otherwise: T): T {
    if (value === undefined) return otherwise;
    given.add(setting);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const text = issue ? issueText(issue, value, false) : 'this is not understood';
    problems.push({ place: flagOfSetting[setting] ?? setting, text });
    return otherwise;
  }

  const stateFlag = flags.state === undefined ? undefined : path.resolve(directory, flags.state);
  const levelFlag = flags.debug ? 'debug' : flags.logLevel;
  const tokens = tokensOf(configuration, flags, directory, problems);
  if (tokens !== configuration.tokens) given.add('tokens');
  const { url, ...mesos } = configuration.mesos;
  const mesosUrl = flags.mesos ?? url;
  if (flags.mesos !== undefined) given.add('mesos.url');
  const applied: Configuration = {
    ...configuration,
    listen: checked('listen', shape.listen, flags.listen, configuration.listen),
    open_to_everyone: flags.openToEveryone ?? configuration.open_to_everyone,
    standby: flags.standby ?? configuration.standby,
    staging: checked('staging', shape.staging, flags.staging, configuration.staging),
    log_level: checked('log_level', shape.log_level, levelFlag, configuration.log_level),
    mesos: { ...mesos, ...(mesosUrl !== undefined && { url: mesosUrl }) },
    tokens,
    ...some('state', checked('state', shape.state, stateFlag, configuration.state)),
    ...some('store', checked('store', shape.store, flags.store, configuration.store)),
    ...some('run_as', checked('run_as', shape.run_as, flags.runAs, configuration.run_as)),
    ...some('agent_url', checked('agent_url', shape.agent_url, flags.agentUrl, configuration.agent_url)),
  };
  return { configuration: applied, problems, given };
}

const some = <Key extends string, T>(key: Key, value: T | undefined): { [K in Key]?: T } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]?: T });

function tokensOf(
  { tokens }: Configuration,
  { token, tokenFile }: DaemonFlags,
  directory: string,
  problems: ConfigurationProblem[],
): Configuration['tokens'] {
  if (token === undefined && tokenFile === undefined) return tokens;
  if (token !== undefined && tokenFile !== undefined) {
    problems.push({ place: '--token', text: 'give either --token or --token-file' });
    return tokens;
  }
  if (tokenFile !== undefined) {
    return { ...tokens, [tokenName]: { file: path.resolve(directory, tokenFile), admin: true } };
  }
  if ((token ?? '').length < 8) {
    problems.push({ place: '--token', text: 'expected text of at least 8 characters' });
  }
  return { ...tokens, [tokenName]: { value: token ?? '', admin: true } };
}
