import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { Window } from '../../src/gen/maintenance.ts';
import type { InverseOffer } from '../../src/gen/mesos.ts';
import { MasterClient } from '../../src/index.ts';
import type { TestScheduler } from '../../test-helpers/framework.ts';
import { formats, patient, useCluster } from './real-cluster.ts';

/** More than a double can hold exactly; in the year 2033. */
const start = { nanoseconds: 2_000_000_000_123_456_789n };

async function inverseOffer(test: TestScheduler): Promise<InverseOffer> {
  const { inverse_offers } = await test.next('INVERSE_OFFERS');
  const [first] = inverse_offers.inverse_offers ?? [];
  if (!first) throw new Error('an INVERSE_OFFERS event without inverse offers');
  return first;
}

describe.skipIf(!requireRealMesos()).each(formats)(
  'inverse offers of a real master, in %s',
  (contentType) => {
    const { cluster, closing, subscribed } = useCluster({
      agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }],
    });

    it('announce maintenance; the answers of the framework reach the operator', async () => {
      const test = await subscribed({ contentType });
      const master = closing(new MasterClient({ master: cluster().url, contentType }));
      const { agent_id, hostname } = await test.launch('in-the-way', 'sleep 1000');
      await test.updateTo('in-the-way', 'TASK_RUNNING');
      const machine_ids = [{ hostname, ip: '127.0.0.1' }];
      const schedule = (...windows: Window[]) =>
        master.call({
          type: 'UPDATE_MAINTENANCE_SCHEDULE',
          update_maintenance_schedule: { schedule: { windows } },
        });
      const answers = async () => {
        const { status } = await master.call({ type: 'GET_MAINTENANCE_STATUS' });
        return status.draining_machines?.flatMap(({ statuses = [] }) => statuses.map(({ status }) => status));
      };

      await schedule({ machine_ids, unavailability: { start } });
      const first = await inverseOffer(test);
      expect(first).toMatchObject({ agent_id, framework_id: { value: test.session.frameworkId } });
      expect(first.unavailability.start).toStrictEqual(start);
      await test.session.send({
        type: 'DECLINE_INVERSE_OFFERS',
        decline_inverse_offers: { inverse_offer_ids: [first.id], filters: { refuse_seconds: 0 } },
      });
      await expect.poll(answers, patient).toStrictEqual(['DECLINE']);
      const second = await inverseOffer(test);
      expect(second.id.value).not.toBe(first.id.value);
      await test.session.send({
        type: 'ACCEPT_INVERSE_OFFERS',
        accept_inverse_offers: { inverse_offer_ids: [second.id], filters: { refuse_seconds: 0 } },
      });
      await expect.poll(answers, patient).toStrictEqual(['ACCEPT']);

      const third = await inverseOffer(test);
      await schedule();
      expect((await test.next('RESCIND_INVERSE_OFFER')).rescind_inverse_offer.inverse_offer_id).toStrictEqual(
        third.id,
      );
    });
  },
);
