import type { TaskSpec } from '@galaxy-mesos/scheduler';
import type { VirtualTime } from '../time/virtual-time.ts';
import type { Trace } from './trace.ts';

/**
 * Submits the tasks of a trace as they arrive in virtual time, those of `everySeconds` (default 1) together. `submit`
 * is to deal with what a submission throws.
 */
export function playTrace(
  time: VirtualTime,
  { tasks }: Trace,
  submit: (specs: readonly TaskSpec[]) => void,
  everySeconds = 1,
): void {
  const begin = time.now;
  let next = 0;
  const play = () => {
    const until = (time.now - begin) / 1000 + everySeconds;
    const specs: TaskSpec[] = [];
    for (let task = tasks[next]; task && task.arrivesAtSeconds < until; task = tasks[++next])
      specs.push(task.spec);
    if (specs.length > 0) {
      time.heardOutside();
      submit(specs);
    }
    if (next < tasks.length) time.after(everySeconds * 1000, play);
  };
  play();
}
