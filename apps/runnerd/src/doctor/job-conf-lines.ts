/** Which daemon Galaxy is to send jobs to. */
export interface GalaxyDestination {
  /** As Galaxy reaches it, without a slash at the end. */
  readonly url: string;
  readonly token?: string;
}

/** Quoted, so that no token is a number or `true` for YAML. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What an administrator adds to Galaxy's `job_conf.yml` so that jobs go to this daemon. */
export function jobConfLines({ url, token }: GalaxyDestination): readonly string[] {
  return [
    'runners:',
    '  mesos:',
    '    load: galaxy.jobs.runners.pulsar:PulsarRESTJobRunner',
    'execution:',
    '  environments:',
    '    mesos:',
    '      runner: mesos',
    `      url: ${url}/`,
    ...(token === undefined ? [] : [`      private_token: ${quoted(token)}`]),
    '      dependency_resolution: none',
    '      submit_user: $__user_name__',
  ];
}
