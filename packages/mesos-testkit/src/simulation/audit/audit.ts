import type { AgentEntry } from '../master/agent-entry.ts';
import { isOver } from '../master/framework.ts';
import { addBags, type Bag, containsBag, describeBag, emptyBag } from '../resources/bag.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';

/** What an audit looks for besides what must never be. */
export interface AuditOptions {
  /** Offers that were out for longer count as leaked. Default: any number of seconds will do. */
  readonly answerWithinSeconds?: number;
  /** Which task an attempt is at; default: what `GALAXY_MESOS_TASK_ID` in its environment says. */
  readonly taskOf?: (environment: Readonly<Record<string, string>>) => string | undefined;
}

/** What an audit found. */
export interface AuditReport {
  /** All that is wrong, in words; empty if all is well. */
  readonly violations: readonly string[];
  /** Offers that are held out and valid. */
  readonly openOffers: number;
  /** Offers that were out for longer than they should. */
  readonly leakedOffers: number;
  /** Attempts that run, or are about to. */
  readonly alive: number;
  /** Tasks ever started. */
  readonly starts: number;
}

const sumOf = (bags: readonly Bag[]): Bag => bags.reduce(addBags, emptyBag);

/** What is free, offered and in use is all there is, and no more. */
function bookProblem({ agent, free, offers, tasks }: AgentEntry): string | undefined {
  const used = sumOf([...tasks].filter((task) => !isOver(task)).map(({ launch }) => launch.bag));
  const offered = sumOf([...offers].map(({ bag }) => bag));
  const all = sumOf([free, offered, used]);
  if (containsBag(all, agent.total) && containsBag(agent.total, all)) return undefined;
  return `the books say ${describeBag(all)} of ${agent.id}, which has ${describeBag(agent.total)}`;
}

/** Tasks with more than one attempt alive. */
function doubles(cluster: SimulatedCluster, taskOf: NonNullable<AuditOptions['taskOf']>) {
  const attempts = new Map<string, string[]>();
  let alive = 0;
  for (const agent of cluster.agents.values())
    for (const task of agent.tasks.values()) {
      if (!task.isAlive) continue;
      alive++;
      const taskId = taskOf(task.launch.environment);
      if (taskId !== undefined) attempts.set(taskId, [...(attempts.get(taskId) ?? []), task.launch.taskId]);
    }
  const violations = [...attempts]
    .filter(([, ids]) => ids.length > 1)
    .map(([taskId, ids]) => `task ${taskId} has ${ids.length} attempts alive: ${ids.join(', ')}`);
  return { alive, violations };
}

/**
 * Looks whether a cluster is as it must be at any moment: no agent ever over-committed, no id ever launched twice,
 * the master's books balanced; and as it must be when all faults are over: no task with two attempts alive, no offer
 * left unanswered. What is wrong is told, not thrown.
 */
export function audit(
  cluster: SimulatedCluster,
  {
    answerWithinSeconds = Number.POSITIVE_INFINITY,
    taskOf = (environment) => environment.GALAXY_MESOS_TASK_ID,
  }: AuditOptions = {},
): AuditReport {
  const { ledger, master, time } = cluster;
  const offers = master ? [...master.state.offers.all] : [];
  const leaked = offers.filter(({ since }) => time.now - since > answerWithinSeconds * 1000);
  const { alive, violations } = doubles(cluster, taskOf);
  const books = master ? [...master.state.entries.values()].flatMap((entry) => bookProblem(entry) ?? []) : [];
  return {
    violations: [
      ...ledger.overcommitted,
      ...ledger.startedTwice.map((id) => `a task was launched twice under the id ${id}`),
      ...books,
      ...violations,
      ...leaked.map(({ id, since }) => `offer ${id} is out for ${(time.now - since) / 1000} s`),
    ],
    openOffers: offers.length,
    leakedOffers: leaked.length,
    alive,
    starts: ledger.starts,
  };
}
