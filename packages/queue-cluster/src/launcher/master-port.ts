import { MasterClient, type MasterClientOptions } from '@galaxy-mesos/mesos-client';
import type { AgentReport } from '../pools/news.ts';
import { agentReportsOf, isOccupied, type Occupation, occupationOf } from './agent-reports.ts';

/** What the launcher wants of a master. Everything rejects where the master does not answer, or refuses. */
export interface MasterPort {
  agents(signal: AbortSignal): Promise<readonly AgentReport[]>;
  deactivate(agentId: string, signal: AbortSignal): Promise<void>;
  reactivate(agentId: string, signal: AbortSignal): Promise<void>;
  drain(agentId: string, graceSeconds: number, signal: AbortSignal): Promise<void>;
  markGone(agentId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Opens the operator API of the master at an address in any form that MESOS_URL can have. */
export type OpenMaster = (cluster: string, address: string) => MasterPort;

const answerSeconds = 10;

/**
 * How often the tasks are counted. Together with them a master tells of up to 50,000 that are over, which takes half a
 * second of a core to read; whether an agent has any at all is seen each time.
 */
const occupationSeconds = 15;

/** A master by its operator API, with what else is needed to be let in. */
export function openMasterWith(options: Omit<MasterClientOptions, 'master'>): OpenMaster {
  return (cluster, address) => {
    const client = new MasterClient({ ...options, master: address });
    let occupation: Occupation = new Map();
    let occupationAt = -Infinity;
    const agent = (value: string) => ({ agent_id: { value } });
    // One that hangs would be waited for as long as its connection lasts.
    const within = (signal: AbortSignal) => ({
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerSeconds * 1000)]),
    });
    return {
      agents: async (signal) => {
        const limits = within(signal);
        const agents = await client.call({ type: 'GET_AGENTS' }, limits);
        const age = performance.now() - occupationAt;
        if (agents.agents?.some(isOccupied) && age >= occupationSeconds * 1000) {
          const [tasks, executors] = await Promise.all([
            client.call({ type: 'GET_TASKS' }, limits),
            client.call({ type: 'GET_EXECUTORS' }, limits),
          ]);
          occupation = occupationOf({ tasks, executors });
          occupationAt = performance.now();
        }
        return agentReportsOf(cluster, agents, occupation);
      },
      deactivate: async (id, signal) => {
        await client.call({ type: 'DEACTIVATE_AGENT', deactivate_agent: agent(id) }, within(signal));
      },
      reactivate: async (id, signal) => {
        await client.call({ type: 'REACTIVATE_AGENT', reactivate_agent: agent(id) }, within(signal));
      },
      drain: async (id, graceSeconds, signal) => {
        const grace = { max_grace_period: { seconds: BigInt(Math.round(graceSeconds)), nanos: 0 } };
        await client.call({ type: 'DRAIN_AGENT', drain_agent: { ...agent(id), ...grace } }, within(signal));
      },
      markGone: async (id, signal) => {
        await client.call({ type: 'MARK_AGENT_GONE', mark_agent_gone: agent(id) }, within(signal));
      },
      close: () => client.close(),
    };
  };
}
