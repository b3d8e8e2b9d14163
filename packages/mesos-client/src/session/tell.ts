import type { SessionEvent, SessionListener } from './scheduler-messages.ts';

/** Calls the listener. What it throws is the process's own, and no reason to lose the session. */
export function tell(listener: SessionListener, event: SessionEvent): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
