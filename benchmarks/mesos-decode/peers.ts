import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from './contender.ts';

const run = promisify(execFile);
const ownFile = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What is fetched and built for the benchmark lies here, and nowhere in the repository. */
export const cacheFolder = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'galaxy-mesos-bench',
);

/** The version is that of the last release; it never had a `go.mod`. */
const goModule = `module decode

go 1.20

require (
	github.com/gogo/protobuf v1.3.2
	github.com/mesos/mesos-go v0.0.11
	github.com/pquerna/ffjson v0.0.0-20190930134022-aa0246cd15f7
)
`;

/** pymesos without http-parser, which no longer compiles and is not used here. */
const pythonPackages = ['pymesos==0.3.15', 'addict==2.4.0', 'six==1.17.0'];

/** Fetches and builds mesos-go's decoder. Throws where that cannot be done. */
export async function mesosGo(): Promise<Command> {
  const folder = join(cacheFolder, 'mesos-go');
  const program = join(folder, 'decode');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), goModule);
  await copyFile(ownFile('main.go'), join(folder, 'main.go'));
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOMODCACHE: join(cacheFolder, 'go-modules') };
  await run('go', ['build', '-o', program, '.'], { cwd: folder, env });
  return [program];
}

/** Fetches pymesos into an environment of its own. Throws where that cannot be done. */
export async function pymesos(): Promise<Command> {
  const folder = join(cacheFolder, 'pymesos');
  const python = join(folder, 'bin', 'python');
  await run('python3', ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', ...pythonPackages]);
  return [python, ownFile('pymesos_decode.py')];
}

/** Our own decoders, with the same Node.js. */
export const nodeProgram = (name: string): Command => [process.execPath, ownFile(name)];
