import {
  type ClusterView,
  clusterDirectory,
  clustersDirectory,
  knownCluster,
  type LauncherStanding,
  listClusters,
  readBeat,
  readLauncher,
  readView,
} from '@galaxy-mesos/queue-cluster';
import { Command } from 'commander';
import { onScreen } from '../cluster-commands/on-screen.ts';
import { statusText } from '../cluster-commands/status-text.ts';
import { withUsage } from '../cluster-commands/usage-of.ts';
import { whileWatched } from '../cluster-commands/while-watched.ts';
import { plainText, table } from '../daemon/table.ts';
import { messageOf } from '../report-error.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** How often it is looked whether there is something new. */
const watchMilliseconds = 1000;

/** `galaxy-mesos cluster status`: how a cluster stands, and why it is not as it is wanted. */
export const clusterStatusCommand = (exit: (code: number) => void): Command =>
  new Command('status')
    .summary('show how a cluster stands')
    .argument('<name>', 'the cluster')
    .option('--watch', 'go on until the cluster is gone')
    .option('--json', 'one object; with --watch, one a line whenever something has changed')
    .action(async (name: string, { watch = false, json = false }: StatusOptions) => {
      const clusters = clustersDirectory(process.env);
      const directory = await withUsage(() => knownCluster(clusters, name));
      if (!watch) {
        const { text, line } = await standingOf(name, directory);
        process.stdout.write(`${json ? line : text}\n`);
        return;
      }
      const watching = { name, clusters, milliseconds: watchMilliseconds };
      exit(await whileWatched(watching, newsShower(name, directory, json)));
    });

interface Standing {
  readonly isKnown: boolean;
  readonly text: string;
  /** As JSON. */
  readonly line: string;
  /** All that may change, but for how long it has been so. */
  readonly content: string;
}

async function standingOf(name: string, directory: string): Promise<Standing> {
  const now = Date.now();
  const [view, launcher] = [await readView(directory), await readLauncher(directory, now)];
  const beatAt = await readBeat(directory);
  const isAlive = launcher?.isAlive ?? false;
  const attendance = { hasLauncher: isAlive, isLauncherHanging: launcher?.isHanging ?? false };
  const object = { ...view, name, directory, ...attendance };
  const advice = isAlive
    ? 'its launcher has only begun'
    : `galaxy-mesos cluster up ${name} starts a launcher`;
  return {
    isKnown: view !== undefined,
    text: view
      ? statusText(view, now, { launcher, beatAt })
      : `${name}: nothing is known of it yet; ${advice}`,
    line: JSON.stringify({ ...object, beatAt }),
    content: JSON.stringify({ ...object, at: 0 }),
  };
}

/** Shows it whenever there is something new. */
function newsShower(name: string, directory: string, json: boolean): () => Promise<void> {
  // Where nothing is drawn anew, that a second has passed is no news.
  const isDrawn = process.stdout.isTTY && !json;
  let last = '';
  return async () => {
    const { isKnown, text, line, content } = await standingOf(name, directory);
    // One that was known is about to go: its files go one after the other.
    if (!isKnown && last !== '') return;
    const news = isDrawn ? text : content;
    if (news !== last) {
      process.stdout.write(isDrawn ? onScreen(text, process.stdout) : `${json ? line : text}\n`);
    }
    last = news;
  };
}

/** `galaxy-mesos cluster list`: the clusters there are. */
export const listCommand = (): Command =>
  new Command('list')
    .alias('ls')
    .summary('list the clusters')
    .option('--json', 'one cluster a line')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const clusters = clustersDirectory(process.env);
      const names = await withUsage(() => listClusters(clusters));
      const rows = await Promise.all(names.map((name) => rowOf(clusters, name)));
      if (json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
      else
        process.stdout.write(
          `${rows.length === 0 ? `there is no cluster in ${clusters}` : listTable(rows)}\n`,
        );
    });

interface ListRow {
  readonly name: string;
  readonly state: string;
  readonly agents: number;
  readonly wanted: number;
  readonly master: string;
  readonly launcher: string;
}

async function rowOf(clusters: string, name: string): Promise<ListRow> {
  const directory = clusterDirectory(clusters, name);
  try {
    const [view, launcher] = [await readView(directory), await readLauncher(directory, Date.now())];
    const pools = view?.pools ?? [];
    return {
      name,
      state: view?.state ?? 'begun',
      agents: sumOf(pools.map(({ phases }) => phases.registered)),
      wanted: sumOf(pools.map(({ desired }) => desired)),
      master: masterText(view),
      launcher: launcherText(launcher),
    };
  } catch (error) {
    return { name, state: messageOf(error), agents: 0, wanted: 0, master: '', launcher: '' };
  }
}

const launcherText = (launcher: LauncherStanding | undefined): string =>
  launcher?.isAlive ? `${launcher.pid} on ${launcher.host}${launcher.isHanging ? ', hangs' : ''}` : 'none';

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const masterText = (view: ClusterView | undefined): string =>
  view === undefined ? '' : `${view.master.address ?? ''} ${view.master.state}`.trim();

const listTable = (rows: readonly ListRow[]): string =>
  table([
    ['NAME', 'STATE', 'AGENTS', 'WANTED', 'MASTER', 'LAUNCHER'],
    ...rows.map(({ name, state, agents, wanted, master, launcher }) => [
      ...[name, plainText(state), String(agents), String(wanted)],
      ...[plainText(master), plainText(launcher)],
    ]),
  ]);
