import { type RegisteredAgent, registrationOf } from './master-api.ts';
import type { MesosProcess } from './mesos-process.ts';
import { waitFor } from './waiting.ts';

/** One agent of a running cluster. `kill`, `restart`, `freeze` and `thaw` need separate processes. */
export interface RealAgent {
  /** Where its operator API is, without `/api/v1`; in one process with others it has a path. */
  readonly url: string;
  /** SIGKILL; what runs on it runs on, or ends by itself if the framework does not checkpoint. */
  kill(): Promise<void>;
  /** Starts it again on the same work folder. Resolves once it is registered. */
  restart(): Promise<void>;
  /** SIGSTOP: to the master the agent is out of reach. */
  freeze(): void;
  thaw(): void;
}

/** An agent that has a process of its own; `agents` are those of the master that leads, if one does. */
export function separateAgent(
  agent: MesosProcess,
  agents: () => Promise<readonly RegisteredAgent[] | undefined>,
): RealAgent {
  const address = `:${agent.port}`;
  const registration = async () => registrationOf((await agents()) ?? [], address);
  return {
    url: `http://127.0.0.1:${agent.port}/slave(1)`,
    kill: () => agent.kill(),
    restart: async () => {
      const before = await registration();
      await agent.kill();
      agent.start();
      // For a while the master takes it for the one that was killed.
      await waitFor(`the agent ${address} to be registered again`, async () => {
        agent.assertAlive();
        const now = await registration();
        return now === before ? undefined : now;
      });
    },
    freeze: () => agent.signal('SIGSTOP'),
    thaw: () => agent.signal('SIGCONT'),
  };
}

/** An agent that shares a process with its master. */
export function sharedAgent(url: string): RealAgent {
  const refuse = () => {
    throw new Error('master and agents share a process: start with separateProcesses: true');
  };
  return { url, kill: async () => refuse(), restart: async () => refuse(), freeze: refuse, thaw: refuse };
}
