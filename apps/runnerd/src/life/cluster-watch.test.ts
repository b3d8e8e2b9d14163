import { describe, expect, it } from 'vitest';
import { ClusterWatch } from './cluster-watch.ts';

describe('ClusterWatch', () => {
  it('knows since when the cluster is there or away, however often it is told', () => {
    let now = 0;
    const watch = new ClusterWatch(() => now);
    expect(watch.standing).toEqual({ isConnected: false, since: 0 });
    now = 1;
    watch.hear({ type: 'disconnected', message: 'no master' });
    expect(watch.standing).toEqual({ isConnected: false, since: 0 });
    now = 2;
    watch.hear({ type: 'subscribed', frameworkId: 'f' });
    expect(watch.standing).toEqual({ isConnected: true, since: 2 });
    for (now of [3, 4]) watch.hear({ type: 'disconnected', message: 'connection lost' });
    expect(watch.standing).toEqual({ isConnected: false, since: 3 });
  });
});
