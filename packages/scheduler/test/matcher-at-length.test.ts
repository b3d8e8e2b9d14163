import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCommand } from '../src/testing/matcher-commands.ts';
import { MatcherFixture } from '../src/testing/matcher-fixture.ts';

const commandsInARun = 1000;
const runs = 1000;

test('never gives away more than was offered and leaks no offer, over a million random steps', () => {
  const commands = fc.array(anyCommand, { minLength: commandsInARun, maxLength: commandsInARun });
  fc.assert(
    fc.property(commands, (happened) => {
      const cluster = new MatcherFixture();
      for (const command of happened) command(cluster);
      for (const { id, gang } of cluster.specs.values()) if (gang) cluster.matcher.remove(id);
      cluster.match();
      expect([...cluster.offers.keys()]).toEqual([]);
    }),
    { numRuns: runs, endOnFailure: true },
  );
}, 600_000);
