import { expect, it } from 'vitest';
import { agentAttributes } from './agent-attributes.ts';

it('attributes of agents are those of the pool and its own, in the letters that agents can have', () => {
  const attributes = { card: 'a 100', 'odd;name': 'x:y' };
  expect(agentAttributes('mine', 'gpu', { queue: 'fat@all', attributes })).toEqual({
    cluster: 'mine',
    pool: 'gpu',
    queue: 'fat_all',
    card: 'a_100',
    odd_name: 'x_y',
  });
  expect(agentAttributes('mine', 'gpu', { attributes: {} })).toEqual({ cluster: 'mine', pool: 'gpu' });
});
