import { fileURLToPath } from 'node:url';
import type { ExecutorInfo, Offer, TaskInfo } from '../../src/gen/mesos.ts';
import type { WireFormat } from '../../src/index.ts';
import { framework, TestScheduler } from '../../test-helpers/framework.ts';

const program = fileURLToPath(new URL('executor-program.ts', import.meta.url));

const scalar = (name: string, value: number) => ({ name, type: 'SCALAR', scalar: { value } }) as const;

/** What an agent starts a TypeScript program of this repository with. */
export const nodeCommand = (file: string, ...args: readonly string[]) => ({
  shell: false,
  value: process.execPath,
  arguments: [process.execPath, '--conditions=@galaxy-mesos/source', file, ...args],
});

/** A framework with an executor of its own. */
export class ExecutorFramework extends TestScheduler {
  agent: Offer['agent_id'] = { value: '' };

  /** Subscribed. */
  static async start(master: string, checkpoint = false): Promise<ExecutorFramework> {
    const started = new ExecutorFramework({ master, framework: { ...framework, checkpoint } });
    await started.start();
    return started;
  }

  executor(
    id: string,
    format: WireFormat = 'protobuf',
    command = nodeCommand(program, format),
  ): ExecutorInfo {
    return {
      type: 'CUSTOM',
      executor_id: { value: id },
      framework_id: { value: this.session.frameworkId ?? '' },
      command,
      // Mesos takes no task group whose executor has no disk.
      resources: [scalar('cpus', 0.1), scalar('mem', 64), scalar('disk', 32)],
      shutdown_grace_period: { nanoseconds: 3_000_000_000n },
    };
  }

  task(id: string, more: Partial<TaskInfo> = {}): TaskInfo {
    return {
      name: id,
      task_id: { value: id },
      agent_id: this.agent,
      resources: [scalar('cpus', 0.1), scalar('mem', 32)],
      ...more,
    };
  }

  /** Launches tasks of one executor on one offer. */
  async launchWith(executor: ExecutorInfo, ...tasks: readonly (readonly [string, Partial<TaskInfo>?])[]) {
    const offer = await this.offer();
    this.agent = offer.agent_id;
    const task_infos = tasks.map(([id, more]) => this.task(id, { executor, ...more }));
    await this.session.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos } }],
        filters: { refuse_seconds: 0 },
      },
    });
  }

  /** Launches tasks of one executor together. */
  async launchGroup(executor: ExecutorInfo, ...ids: readonly string[]): Promise<void> {
    const offer = await this.offer();
    this.agent = offer.agent_id;
    const tasks = ids.map((id) => this.task(id));
    await this.session.send({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH_GROUP', launch_group: { executor, task_group: { tasks } } }],
        filters: { refuse_seconds: 0 },
      },
    });
  }

  /** Sends words to an executor. */
  async tell(executor: string, words: string): Promise<void> {
    const executor_id = { value: executor };
    const data = Buffer.from(words);
    await this.session.send({ type: 'MESSAGE', message: { agent_id: this.agent, executor_id, data } });
  }

  /** The states of a task up to the last one, each acknowledged; Mesos tells some again. */
  async statesUntil(id: string, last: string): Promise<readonly string[]> {
    const told = new Map<string, string>();
    for (;;) {
      const { uuid, state, source } = await this.update(id);
      // Without a uuid it is the master's word for what an update has told or will tell.
      if (uuid) told.set(Buffer.from(uuid).toString('hex'), state);
      if (state === last && source === 'SOURCE_EXECUTOR') return [...told.values()];
    }
  }
}
