/** What is to be done about the pools of a cluster: a pure core. @module */
export { compacted } from './compaction.ts';
export { decide } from './decide.ts';
export { poolEventSchema } from './event-schema.ts';
export type { PoolEvent } from './events.ts';
export type { News } from './news.ts';
export type { ClusterSetting } from './setting.ts';
export { beginWith, type Outcome, type PoolsState } from './state.ts';
export { viewOf } from './view-of.ts';
