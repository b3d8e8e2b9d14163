import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SilenceWatch } from './silence-watch.ts';

it('waits for as long as a timer can where more silence is allowed than that', async () => {
  let wasSilent = false;
  const watch = new SilenceWatch(() => {
    wasSilent = true;
  });
  watch.allow(1e15);
  await sleep(20);
  expect(wasSilent).toBe(false);
  watch.pause();
});
