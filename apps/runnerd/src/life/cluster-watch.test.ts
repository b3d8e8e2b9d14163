import { describe, expect, it } from 'vitest';
import { ClusterWatch } from './cluster-watch.ts';

function watching() {
  const clock = { now: 0 };
  const told: string[] = [];
  const watch = new ClusterWatch(() => clock.now, {
    onConnected: (frameworkId) => void told.push(`connected as ${frameworkId}`),
    onUnreachable: (reason) => void told.push(reason),
  });
  return { clock, told, watch };
}

describe('ClusterWatch', () => {
  it('knows since when the cluster is there or away, however often it is told', () => {
    const { clock, watch } = watching();
    expect(watch.standing).toEqual({ isConnected: false, since: 0 });
    clock.now = 1;
    watch.hear({ type: 'disconnected', message: 'no master' });
    expect(watch.standing).toEqual({ isConnected: false, since: 0 });
    clock.now = 2;
    watch.hear({ type: 'subscribed', frameworkId: 'f' });
    expect(watch.standing).toEqual({ isConnected: true, since: 2 });
    for (clock.now of [3, 4]) watch.hear({ type: 'disconnected', message: 'connection lost' });
    expect(watch.standing).toEqual({ isConnected: false, since: 3 });
  });

  it('says so where nobody tells which master leads', () => {
    const { clock, told, watch } = watching();
    watch.look();
    clock.now = 5000;
    watch.look();
    watch.look();
    expect(told).toEqual([expect.stringContaining('no master was found yet')]);
    watch.hear({ type: 'unreachable', message: 'refused' });
    clock.now = 1e9;
    watch.look();
    expect(told.slice(1)).toEqual(['refused']);
  });

  it('tells why the cluster cannot be reached at once, not each time, and at once again after it was there', () => {
    const { told, watch } = watching();
    const unreachable = { type: 'unreachable', message: '[TLS_REFUSED] certificate not trusted' } as const;
    watch.hear(unreachable);
    watch.hear(unreachable);
    watch.hear({ type: 'subscribed', frameworkId: 'f' });
    watch.hear({ type: 'disconnected', message: 'connection lost' });
    watch.hear(unreachable);
    expect(told).toEqual(['certificate not trusted', 'connected as f', 'certificate not trusted']);
  });
});
