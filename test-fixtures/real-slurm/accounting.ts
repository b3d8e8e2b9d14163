import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from '../real-pulsar/server-process.ts';
import type { SlurmPlaces } from './configuration.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The account that root may charge; no other is known. */
export const knownAccount = 'fixture';

/** Starts a database on a socket of its own, and Slurm's accounting daemon on it. */
export async function startAccounting(
  places: SlurmPlaces,
  environment: Environment,
): Promise<readonly ServerProcess[]> {
  const { folder } = places;
  const data = join(folder, 'database');
  const socket = join(folder, 'run', 'database.socket');
  execFileSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      '--user=root',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { env: environment, stdio: 'ignore' },
  );
  const database = new ServerProcess({
    name: 'the database',
    command: [
      'mariadbd',
      '--no-defaults',
      '--user=root',
      `--datadir=${data}`,
      `--socket=${socket}`,
      '--skip-networking',
      '--innodb-buffer-pool-size=64M',
      '--innodb-lock-wait-timeout=900',
    ],
    folder,
    environment,
    logFile: join(folder, 'log', 'database.log'),
    isServing: () =>
      succeeds(
        'mariadb',
        ['--no-defaults', `--socket=${socket}`, '-e', 'create database if not exists slurm_acct_db'],
        environment,
      ),
    patienceMilliseconds: 60_000,
  });
  await database.start();
  const daemon = new ServerProcess({
    name: 'slurmdbd',
    command: ['slurmdbd', '-D'],
    folder,
    // It has no setting for the socket of its database, but the library that it uses has one.
    environment: { ...environment, MYSQL_UNIX_PORT: socket },
    logFile: join(folder, 'log', 'slurmdbd.out'),
    isServing: () => succeeds('sacctmgr', ['--noheader', 'list', 'cluster'], environment),
    patienceMilliseconds: 60_000,
  });
  writeFileSync(join(folder, 'slurmdbd.conf'), settings(places).join('\n'), { mode: 0o600 });
  await daemon.start();
  for (const what of [
    ['cluster', 'fixture'],
    ['account', knownAccount],
    ['user', 'root', `DefaultAccount=${knownAccount}`],
  ])
    execFileSync('sacctmgr', ['--immediate', '--quiet', 'add', ...what], {
      env: environment,
      stdio: 'ignore',
    });
  return [daemon, database];
}

const settings = ({ folder, munge, accountingPort }: SlurmPlaces): string[] => [
  'AuthType=auth/munge',
  `AuthInfo=socket=${munge.socket}`,
  'DbdAddr=127.0.0.1',
  'DbdHost=localhost',
  `DbdPort=${accountingPort}`,
  'SlurmUser=root',
  `LogFile=${folder}/log/slurmdbd.log`,
  `PidFile=${folder}/run/slurmdbd.pid`,
  'StorageType=accounting_storage/mysql',
  'StorageHost=localhost',
  'StorageUser=root',
  'StorageLoc=slurm_acct_db',
  'CommunicationParameters=NoInAddrAny',
  '',
];

const succeeds = (program: string, words: readonly string[], environment: Environment): Promise<boolean> =>
  Promise.resolve(spawnSync(program, words, { env: environment, stdio: 'ignore' }).status === 0);
