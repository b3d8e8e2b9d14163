import type { Credential } from './options.ts';

/** An agent as a master has it. */
export interface RegisteredAgent {
  readonly active: boolean;
  /** `slave(1)@127.0.0.1:5051`. */
  readonly pid?: string;
  readonly registered_time?: unknown;
  readonly reregistered_time?: unknown;
}

/**
 * What a master is doing: `absent` takes no connections or does not answer, `booting` has no API yet (404), `unaware`
 * knows of no leader (503), `recovering` leads, but has yet to read its registry (503), `following` knows who
 * leads (307), `leading` answers.
 */
export type Standing = 'absent' | 'booting' | 'unaware' | 'recovering' | 'following' | 'leading';

/** A master's standing, and the agents that it tells of if it leads. */
export interface MasterAnswer {
  readonly standing: Standing;
  readonly agents: readonly RegisteredAgent[];
}

const refusals: Readonly<Record<string, Standing>> = {
  '404': 'booting',
  '503 No leader elected': 'unaware',
  '503 Master has not finished recovery': 'recovering',
};

/** Of an answer that is not 200. */
export function standingOf(status: number, text: string): Standing | undefined {
  return status === 307 ? 'following' : (refusals[`${status}`] ?? refusals[`${status} ${text}`]);
}

function headersFor(credential: Credential | undefined): Record<string, string> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', connection: 'close' };
  if (!credential) return headers;
  const token = Buffer.from(`${credential.principal}:${credential.secret}`).toString('base64');
  return { ...headers, authorization: `Basic ${token}` };
}

/** Answers take a millisecond or two; a master that is frozen gives none. */
const answerMilliseconds = 1000;

async function postGetAgents(url: string, credential: Credential | undefined): Promise<Response | undefined> {
  try {
    return await fetch(`${url}/api/v1`, {
      method: 'POST',
      headers: headersFor(credential),
      body: '{"type":"GET_AGENTS"}',
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMilliseconds),
    });
  } catch {
    return undefined;
  }
}

/**
 * Asks the master at `http://HOST:PORT`.
 * @throws Error if it refuses for another reason than its standing, such as credentials.
 */
export async function askMaster(url: string, credential?: Credential): Promise<MasterAnswer> {
  const response = await postGetAgents(url, credential);
  const text = await response?.text().catch(() => undefined);
  if (!response || text === undefined) return { standing: 'absent', agents: [] };
  if (response.ok) {
    const answer = JSON.parse(text) as { get_agents?: { agents?: readonly RegisteredAgent[] } };
    return { standing: 'leading', agents: answer.get_agents?.agents ?? [] };
  }
  const standing = standingOf(response.status, text);
  if (!standing) throw new Error(`the master at ${url} answered GET_AGENTS with ${response.status} ${text}`);
  return { standing, agents: [] };
}

/** Changes with each registration of the agent at an address; undefined while it is not registered. */
export function registrationOf(agents: readonly RegisteredAgent[], address: string): string | undefined {
  const agent = agents.find(({ active, pid }) => active && pid?.endsWith(address));
  return agent && JSON.stringify([agent.registered_time, agent.reregistered_time]);
}

/** `slave(2)@127.0.0.1:5050` is at `http://127.0.0.1:5050/slave(2)`. */
export function urlOfPid(pid: string): string {
  const [name, address] = pid.split('@');
  return `http://${address}/${name}`;
}
