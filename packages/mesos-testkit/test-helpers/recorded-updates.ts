import { recording } from './recording.ts';

/** What a recorded framework was told of its tasks, without what differs from run to run. */
export interface ToldUpdate {
  readonly task: string;
  readonly state: string;
  readonly source: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Whether it was to be acknowledged. */
  readonly hasUuid: boolean;
}

interface RecordedStatus {
  readonly task_id: { readonly value: string };
  readonly state: string;
  readonly source: string;
  readonly reason?: string;
  readonly message?: string;
  readonly uuid?: string;
}

/** The updates in the streams of one framework of a recording, in order, repetitions left out. */
export function recordedUpdates(file: string, from: string): ToldUpdate[] {
  const told: ToldUpdate[] = [];
  for (const line of recording(file)) {
    if (line.from !== from) continue;
    for (const record of line.response.records ?? []) {
      const status = (record.update as { readonly status?: RecordedStatus } | undefined)?.status;
      if (!status) continue;
      const { task_id, state, source, reason, message, uuid } = status;
      told.push({
        task: task_id.value,
        state,
        source,
        reason,
        message: message || undefined,
        hasUuid: Boolean(uuid),
      });
    }
  }
  return told.filter((one, index) => JSON.stringify(one) !== JSON.stringify(told[index - 1]));
}
