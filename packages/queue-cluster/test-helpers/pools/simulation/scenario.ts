import type { PoolSetting, SystemSetting } from '../../../src/pools/setting.ts';

/** How often things go wrong, and how the cluster is used. Times are in seconds, rates in times per hour. */
export interface Scenario {
  readonly seed: number;
  readonly days: number;
  readonly tickSeconds: number;
  readonly pools: readonly PoolSetting[];
  readonly systems: readonly SystemSetting[];
  /** Nodes of each system; a node runs one pilot. */
  readonly nodes: number;
  /** Of them, those on which agents die at once. */
  readonly badNodes: number;
  /** How long a batch job waits at least, on average. */
  readonly queueWait: number;
  /** The part of submits that are refused for reasons that pass, and whose end is unclear. */
  readonly refused: number;
  readonly unclear: number;
  /** The part of pilots that never register, and of those whose agent dies early. */
  readonly mute: number;
  readonly frail: number;
  /** The part of stops that have no effect. */
  readonly deaf: number;
  /** The part of pilots' ends of which the queue says nothing afterwards. */
  readonly forgetful: number;
  /** The part of status answers that say nothing. */
  readonly noNews: number;
  readonly preemptionsPerHour: number;
  readonly nodeFailuresPerHour: number;
  readonly cancelsPerHour: number;
  readonly outagesPerDay: number;
  /** Somebody closes a queue for hours, which refuses submits with that reason; people look after two hours. */
  readonly closuresPerDay: number;
  readonly crashesPerDay: number;
  /** People want more or fewer pilots, or a fixed number, or a while of draining. */
  readonly wishesPerDay: number;
  /** Pools get other pilots, or are taken out, or come back. */
  readonly changesPerDay: number;
  readonly masterFailoversPerDay: number;
  /** Tasks that come in an hour all day, and how many come at once so and so often a day. */
  readonly tasksPerHour: number;
  readonly burstsPerDay: number;
  readonly burstSize: number;
  /** Tasks of one core that wait all the time and that no agent ever gets, for a reason that the launcher cannot know. */
  readonly strangeTasks: number;
}
