import { afterEach } from 'vitest';
import type { SchedulerSessionOptions } from '../src/index.ts';
import { TestScheduler } from './framework.ts';

/** Closes after each test what was opened in it, the last first. To be called at the top of a test file. */
export function useClosing() {
  const toClose: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of toClose.splice(0).reverse()) await close();
  });

  const closing = <Closable extends { close(): Promise<void> }>(opened: Closable): Closable => {
    toClose.push(() => opened.close());
    return opened;
  };

  const scheduler = (master: string, options: Partial<SchedulerSessionOptions> = {}): TestScheduler => {
    const created = new TestScheduler({ master, contentType: 'json', ...options });
    closing(created.session);
    return created;
  };

  /** A scheduler that is subscribed; its SUBSCRIBED has been taken. */
  const subscribed = async (
    master: string,
    options: Partial<SchedulerSessionOptions> = {},
    signal?: AbortSignal,
  ): Promise<TestScheduler> => {
    const created = scheduler(master, options);
    await created.start(signal);
    await created.next('SUBSCRIBED');
    return created;
  };

  return { closing, scheduler, subscribed };
}
