import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { eventually, patientTest } from '../../test-helpers/eventually.ts';
import { FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../test-helpers/pulsar-client.ts';
import { MemoryRecords, PulsarServer } from '../../test-helpers/pulsar-server.ts';
import type { DoorRecords } from '../job-service.ts';

vi.setConfig(patientTest);

const id = 'default._default_.7';

/** Records of a daemon that is killed at one of its writes, before or after that is durable. */
class MortalRecords implements DoorRecords {
  readonly kept = new MemoryRecords();
  /** How many writes it has yet to live; it dies in the next one if this is 0. */
  life = Number.POSITIVE_INFINITY;
  diesAfterWriting = false;

  load = () => this.kept.load();
  put = (key: string, value: unknown) => this.#write(() => this.kept.put(key, value));
  delete = (key: string) => this.#write(() => this.kept.delete(key));

  async #write(write: () => Promise<void>): Promise<void> {
    if (this.life > 0) {
      this.life -= 1;
      await write();
      return;
    }
    if (this.diesAfterWriting && this.life === 0) await write();
    // From here on nothing that this process does is heard of.
    this.life = -1;
    throw new Error('killed');
  }
}

test('whenever the daemon is killed, a Galaxy that goes on gets its job run once and cleaned up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(6), fc.boolean(), fc.boolean(), async (life, diesAfterWriting, cancels) => {
      const records = new MortalRecords();
      const jobs = new FakeJobService();
      await using server = await PulsarServer.start({ jobs, records });
      const galaxy = new PulsarClient(server);
      let submitted = 0;
      jobs.subscribe((event) => {
        if (event.type === 'job' && event.job.state === 'queued') submitted += 1;
      });
      Object.assign(records, { life, diesAfterWriting });

      /** Asks until there is an answer, and has the daemon started again whenever there is none. */
      const insist = async (ask: () => Promise<{ statusCode: number }>) => {
        while ((await ask()).statusCode >= 500) {
          records.life = Number.POSITIVE_INFINITY;
          await server.restart();
        }
      };

      await insist(() => galaxy.setup());
      await insist(() => galaxy.upload('input', 'a', 'x'));
      await insist(() => galaxy.submit());
      await insist(() => galaxy.submit());
      await eventually(() => jobs.job(id)?.state).toBe('queued');
      if (cancels) await insist(() => galaxy.cancel());
      else jobs.change(id, 'ok', { exitCode: 0 });
      await eventually(async () => (await galaxy.status()).status).toBe(cancels ? 'cancelled' : 'complete');
      await insist(() => galaxy.clean());
      // Whatever was left to do when the daemon died is done when it is started again.
      const lives = async () => {
        if (records.life >= 0) return;
        records.life = Number.POSITIVE_INFINITY;
        await server.restart();
      };
      await eventually(() => lives().then(records.load)).toEqual([]);
      expect(await readdir(join(server.staging, 'default', '_default_'))).toEqual([]);
      expect([submitted, jobs.jobs()]).toEqual([1, []]);
    }),
    { numRuns: 40 },
  );
}, 120_000);
