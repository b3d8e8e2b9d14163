import type { ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { MesosError, type SchedulerSession } from '../../src/index.ts';

/** Codes that promise that a call had no effect. */
const withoutEffect: readonly unknown[] = [
  'NOT_CONNECTED',
  'SESSION_LOST',
  'SESSION_CLOSED',
  'ABORTED',
  'CALL_REFUSED',
  'UNAUTHENTICATED',
];

/** What came of a call, and how often a master took it. */
export interface Outcome {
  readonly result: string;
  readonly timesTaken: number;
}

/** Whether a result is true: what was taken was taken once, what had no effect never. */
export function isTrue({ result, timesTaken }: Outcome): boolean {
  if (result === 'taken') return timesTaken === 1;
  return withoutEffect.includes(result)
    ? timesTaken === 0
    : result === 'CALL_FATE_UNKNOWN' && timesTaken <= 1;
}

export const codeOf = (error: unknown): string => (error instanceof MesosError ? error.code : String(error));

/** Makes calls that can be told apart, in order, and notes what came of each. */
export class Caller {
  readonly #results = new Map<string, string>();
  readonly #underWay = new Set<Promise<string>>();

  async call(session: SchedulerSession, signal: AbortSignal): Promise<string> {
    const id = String(this.#results.size);
    this.#results.set(id, 'not settled');
    const kill = { type: 'KILL', kill: { task_id: { value: id } } } as const;
    const settled = session.send(kill, { signal }).then(() => 'taken', codeOf);
    this.#underWay.add(settled);
    const result = await settled;
    this.#underWay.delete(settled);
    this.#results.set(id, result);
    return result;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  outcomes(masters: readonly ScriptedMaster[]): readonly Outcome[] {
    const taken = new Map<string, number>();
    for (const { kill } of masters.flatMap(({ calls }) => calls)) {
      const id = kill?.task_id.value;
      if (id !== undefined) taken.set(id, (taken.get(id) ?? 0) + 1);
    }
    return [...this.#results].map(([id, result]) => ({ result, timesTaken: taken.get(id) ?? 0 }));
  }
}

/** Whether calls came in their order on each subscription; one that was refused with 401 may come twice. */
export function areInOrder(master: ScriptedMaster): boolean {
  const last = new Map<string, number>();
  return master.exchanges.every(({ call, streamId }) => {
    if (call.type !== 'KILL' || streamId === undefined) return true;
    const id = Number(call.kill?.task_id.value);
    const isLater = id >= (last.get(streamId) ?? 0);
    last.set(streamId, id);
    return isLater;
  });
}
