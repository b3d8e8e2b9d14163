import type { PoolEvent } from '../pools/events.ts';

/** What a launcher tells whoever keeps a log. */
export type LauncherEvent =
  /** It has taken the cluster, with the pilots that are there. */
  | { readonly type: 'begun'; readonly directory: string; readonly pilots: number }
  /** Something has happened to a pilot, a pool or a node; it stands in the journal. */
  | { readonly type: 'noted'; readonly event: PoolEvent }
  /** It goes by another definition of the cluster; what changes, in words. */
  | { readonly type: 'changed'; readonly text: string }
  /** The master is at this address from now on. */
  | { readonly type: 'master'; readonly address: string }
  /** Something does not work; told once, until it works again or the words change. */
  | { readonly type: 'trouble'; readonly subject: string; readonly text: string }
  | { readonly type: 'relieved'; readonly subject: string }
  /** `down`: nothing is left of the cluster; `left`: it goes on without a launcher, for a while. */
  | { readonly type: 'ended'; readonly how: 'down' | 'left' };

/** Takes what a launcher tells. What it throws ends the launcher. */
export type LauncherListener = (event: LauncherEvent) => void;

const withAdvice = ({ text, advice }: { readonly text: string; readonly advice?: string }): string =>
  advice === undefined ? text : `${text} (${advice})`;

function describeHealth({ pool, health }: Extract<PoolEvent, { kind: 'health' }>): string {
  if (health.paused) return `pool ${pool} is paused: ${withAdvice(health.paused)}`;
  const { refusals, failures, trouble } = health;
  if (refusals === 0 && failures === 0) return `pool ${pool} is well`;
  const why = trouble ? `: ${withAdvice(trouble)}` : '';
  const until = health.retryAt === undefined ? '' : `, waits until ${new Date(health.retryAt).toISOString()}`;
  return `pool ${pool} has trouble${until}${why}`;
}

/** One line for a log about what stands in the journal. */
function describeNoted(event: PoolEvent): string {
  switch (event.kind) {
    case 'health':
      return describeHealth(event);
    case 'node': {
      const { node, system, failures, badUntil } = event.record;
      const out = badUntil === undefined ? '' : `; left out until ${new Date(badUntil).toISOString()}`;
      return `node ${node} of ${system}: ${failures.length} pilots failed there in the last hour${out}`;
    }
    case 'submitted':
      return `${event.pilot} is batch job ${event.id}`;
    case 'refused':
      return `${event.pilot} is refused: ${withAdvice(event.problem)}`;
    case 'started':
      return `${event.pilot} runs${event.node === undefined ? '' : ` on ${event.node}`}`;
    case 'registered':
      return `${event.pilot} is agent ${event.agentId}`;
    case 'leaving':
      return `${event.pilot} leaves: ${event.why}`;
    case 'staying':
      return `${event.pilot} stays after all`;
    case 'ended':
      return `${event.pilot} has ended, ${event.class}: ${withAdvice(event)}`;
    case 'gone':
      return `${event.pilot} has left the queue`;
    default:
      return `${event.pilot} is ${event.kind}`;
  }
}

/** One line for a log. */
export function describeEvent(event: LauncherEvent): string {
  switch (event.type) {
    case 'begun':
      return `looks after the cluster in ${event.directory}; pilots known: ${event.pilots}`;
    case 'noted':
      return describeNoted(event.event);
    case 'changed':
      return `the definition has changed: ${event.text}`;
    case 'master':
      return `the master is at ${event.address}`;
    case 'trouble':
      return `${event.subject}: ${event.text}`;
    case 'relieved':
      return `${event.subject}: well again`;
    case 'ended':
      return event.how === 'down' ? 'nothing is left of the cluster' : 'leaves the cluster as it is';
  }
}
