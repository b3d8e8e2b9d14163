import type { DaemonClient } from '@galaxy-mesos/front-doors/client';
import type { Command } from 'commander';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';

/** What a daemon is asked for, and how it is shown. */
interface Listing<Item extends object> {
  readonly description: string;
  /** What one line of `--json` is. */
  readonly one: string;
  /** What is said if there is none. */
  readonly none: string;
  ask(daemon: DaemonClient): Promise<readonly Item[]>;
  text(items: readonly Item[]): string;
}

/** Makes a command one that lists what a daemon tells of. */
export function defineListing<Item extends object>(command: Command, listing: Listing<Item>): void {
  const help = `
Example:
  galaxy-mesos ${command.name()} --daemon http://127.0.0.1:8913

Exit status: 0 all well, 1 no daemon, or it refused, 2 wrong use.`;
  withConnection(command)
    .description(listing.description)
    .option('--json', `one ${listing.one} a line`)
    .addHelpText('after', help)
    .action(async ({ json, ...connection }: ConnectionOptions & { readonly json?: boolean }) => {
      const items = await askDaemon(connection, (daemon) => listing.ask(daemon));
      printList(items, json, listing);
    });
}

/** Prints one object a line, or what people read. */
export function printList<Item extends object>(
  items: readonly Item[],
  json: boolean | undefined,
  { none, text }: Pick<Listing<Item>, 'none' | 'text'>,
): void {
  if (json) for (const item of items) process.stdout.write(`${JSON.stringify(item)}\n`);
  else process.stdout.write(`${items.length === 0 ? none : text(items)}\n`);
}
