import { defaultPolicy } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { configurationSchema } from '../configuration/schema.ts';
import { schedulingPolicy } from './scheduling-policy.ts';

const policy = (scheduling: object) => schedulingPolicy(configurationSchema.parse({ scheduling }).scheduling);

describe('schedulingPolicy', () => {
  it("is the scheduler's own where nothing is said", () => {
    expect(policy({})).toEqual(defaultPolicy);
  });

  it('has shares, quotas and preemption as the configuration has them', () => {
    const users = { anna: { weight: 2, quota: { cpus: 8, tasks: 3 } } };
    const preemption = { patience: 60, maximum_per_minute: 5 };
    expect(policy({ users, preemption, placement: 'best-fit', head_of_line_patience: 5 })).toMatchObject({
      users,
      placement: 'best-fit',
      headOfLine: { patience: 5 },
      preemption: { patience: 60, grace: 30, maximumPerMinute: 5, minimumPriorityGap: 1 },
    });
  });
});
