import { defaultPolicy, type SchedulingPolicy, type ShareRule } from '@galaxy-mesos/scheduler';
import type { Configuration } from '../configuration/schema.ts';

type Scheduling = Configuration['scheduling'];

/** What the configuration says of scheduling, in the scheduler's words. */
export function schedulingPolicy(scheduling: Scheduling): SchedulingPolicy {
  const { placement, ageing, users, queues, head_of_line_patience, last_stretch, preemption } = scheduling;
  return {
    ...defaultPolicy,
    placement,
    ageing,
    users: shares(users),
    queues: shares(queues),
    headOfLine: { patience: head_of_line_patience },
    lastStretch: last_stretch,
    ...(preemption && {
      preemption: {
        patience: preemption.patience,
        grace: preemption.grace,
        maximumPerMinute: preemption.maximum_per_minute,
        minimumPriorityGap: preemption.minimum_priority_gap,
      },
    }),
  };
}

const shares = (rules: Scheduling['users']): Readonly<Record<string, ShareRule>> => rules;
