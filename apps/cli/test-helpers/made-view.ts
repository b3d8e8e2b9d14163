import type { ClusterView, PoolView } from '@galaxy-mesos/queue-cluster';

/** A cluster that is up, with a master here, and one pool unless others are given. */
export const clusterView = (view: Partial<ClusterView>): ClusterView => ({
  name: 'mine',
  at: 0,
  launcher: { host: 'login1', pid: 4711 },
  master: { kind: 'here', state: 'up', address: '10.0.0.1:5050' },
  problems: [],
  state: 'up',
  pools: [poolView({})],
  pilots: [],
  unmet: [],
  wantedAt: 0,
  badNodes: [],
  systems: [],
  ...view,
});

type PoolParts = Partial<Omit<PoolView, 'phases'>> & { readonly phases?: Partial<PoolView['phases']> };

/** A pool with nothing in it. */
export const poolView = ({ phases, ...view }: PoolParts): PoolView => ({
  name: 'main',
  min: 0,
  max: 10,
  desired: 0,
  phases: { intended: 0, queued: 0, started: 0, registered: 0, leaving: 0, ended: 0, ...phases },
  waits: [],
  ...view,
});
