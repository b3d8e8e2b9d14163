import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { FrameworkInfo } from '../../src/gen/mesos.ts';
import type { SchedulerSessionOptions } from '../../src/index.ts';
import { formats, momentary, useCluster } from './real-cluster.ts';

type Subscribe = NonNullable<SchedulerSessionOptions['subscribe']>;

const refusedFrameworks: readonly (readonly [string, Partial<FrameworkInfo>, string])[] = [
  [
    'framework.roles',
    { roles: ['a/../b'] },
    "'FrameworkInfo.roles' contains invalid role: Role 'a/../b' cannot include '..' as a component",
  ],
  [
    'framework.roles',
    { roles: ['-x'] },
    "'FrameworkInfo.roles' contains invalid role: Role component '-x' is invalid because it starts with a dash",
  ],
  [
    'framework.roles',
    { roles: ['a b'] },
    "'FrameworkInfo.roles' contains invalid role: Role component 'a b' is invalid because it contains backspace or whitespace",
  ],
  [
    'framework.roles',
    { roles: [''] },
    "'FrameworkInfo.roles' contains invalid role: Role names cannot be the empty string",
  ],
  ['framework.roles', { roles: ['a', 'a'] }, "'FrameworkInfo.roles' contains duplicate items: { a }"],
  [
    'framework.role',
    { role: 'a' },
    "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
  ],
  [
    'framework.roles',
    { capabilities: [] },
    "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable",
  ],
  [
    'framework.failover_timeout',
    { failover_timeout: 1e30 },
    'The framework failover_timeout (1e+30) is invalid',
  ],
  ['framework.id', { id: { value: 'a/b' } }, "'a/b' contains invalid characters"],
];

const badRegex = { selector: { attribute_name: 'rack' }, predicate: { text_matches: { regex: '(' } } };

const refusedRequests: readonly (readonly [string, Subscribe, string])[] = [
  [
    'subscribe.suppressed_roles',
    { suppressed_roles: ['other'] },
    "Suppressed role 'other' is not contained in the list of roles",
  ],
  [
    'subscribe.offer_constraints',
    { offer_constraints: { role_constraints: { '*': { groups: [{ attribute_constraints: [badRegex] }] } } } },
    "A role * has an invalid 'AttributeConstraint': Failed to construct regex from pattern '(': missing ): (",
  ],
  [
    'subscribe.offer_constraints',
    { offer_constraints: { role_constraints: { other: { groups: [] } } } },
    "'OfferConstraints::role_constraints' has an empty 'RoleConstraints::groups' for role other",
  ],
];

describe.skipIf(!requireRealMesos())('a subscription that a real master refuses', () => {
  const { cluster, scheduler, subscribed } = useCluster({ agents: [] });

  describe.each(formats)('in %s', (contentType) => {
    it.each(refusedFrameworks)('says that %s is wrong: %o', async (setting, wrong, answer) => {
      const test = scheduler({ contentType, framework: { ...momentary, ...wrong } });
      const refused = { code: 'SUBSCRIPTION_REFUSED', callType: 'SUBSCRIBE', setting, answer };
      await expect(test.start()).rejects.toMatchObject(refused);
    });

    it.each(refusedRequests)('says that %s is wrong: %o', async (setting, subscribe, answer) => {
      const test = scheduler({ contentType, subscribe });
      const refused = { code: 'SUBSCRIPTION_REFUSED', callType: 'SUBSCRIBE', setting, answer };
      await expect(test.start()).rejects.toMatchObject(refused);
    });

    it('gets another framework for an empty id, and the id that it asks for where nobody has it', async () => {
      const fresh = await subscribed({ contentType, framework: { ...momentary, id: { value: '' } } });
      expect(fresh.session.frameworkId).toMatch(/^[-0-9a-f]{36}-\d{4}$/);
      const id = { value: `chosen-${contentType}` };
      const chosen = await subscribed({ contentType, framework: { ...momentary, id } });
      expect(chosen.session.frameworkId).toBe(id.value);
    });

    it('would be one of type UNKNOWN, which kills a master: it cannot be sent', async () => {
      const test = await subscribed({ contentType });
      // @ts-expect-error: what the types forbid as well.
      const sent = test.session.send({ type: 'UNKNOWN' });
      await expect(sent).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
      await test.session.send({ type: 'REVIVE' });
      expect(await cluster().masters[0]?.standing()).toBe('leading');
    });
  });
});
