import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import type { AgentRule, OfferWish } from '@galaxy-mesos/scheduler';
import { addBags } from '../resources/bag.ts';
import type { FrameworkCall, FrameworkInfo, TaskLaunch } from '../vocabulary.ts';
import { uuidOf } from './mesos-events.ts';
import { bagOf } from './mesos-resources.ts';

/** Mesos's own defaults, in seconds. */
const defaultRefuseSeconds = 5;
const defaultGraceSeconds = 3;

const secondsOf = (duration: mesos.DurationInfo | undefined): number | undefined =>
  duration && Number(duration.nanoseconds) / 1e9;

const idsOf = (ids: readonly mesos.OfferID[] | undefined): string[] => (ids ?? []).map(({ value }) => value);

const environmentOf = ({ command }: mesos.TaskInfo): Record<string, string> =>
  Object.fromEntries((command?.environment?.variables ?? []).map(({ name, value = '' }) => [name, value]));

function launchOf(task: mesos.TaskInfo): TaskLaunch {
  const limit = secondsOf(task.max_completion_time);
  return {
    taskId: task.task_id.value,
    bag: bagOf([...(task.resources ?? []), ...(task.executor?.resources ?? [])]),
    command: task.command?.value ?? '',
    environment: environmentOf(task),
    killGraceSeconds: secondsOf(task.kill_policy?.grace_period) ?? defaultGraceSeconds,
    // As recorded: less than nothing is no time at all.
    ...(limit !== undefined && { maximumRunSeconds: Math.max(0, limit) }),
  };
}

/** The resources of the executor of a group are counted with its first task. */
function groupOf({ executor, task_group }: mesos.Offer.Operation.LaunchGroup): TaskLaunch[] {
  const groupId = executor.executor_id?.value ?? '';
  const extra = bagOf(executor.resources ?? []);
  return (task_group.tasks ?? []).map((task, index) => {
    const launch = launchOf(task);
    return { ...launch, groupId, ...(index === 0 && { bag: addBags(launch.bag, extra) }) };
  });
}

/** Operations other than launches are passed over. */
const launchesOf = (operations: readonly mesos.Offer.Operation[]): TaskLaunch[] =>
  operations.flatMap(({ launch, launch_group }) => [
    ...(launch?.task_infos ?? []).map(launchOf),
    ...(launch_group ? groupOf(launch_group) : []),
  ]);

const pseudoFields: Readonly<Record<string, string>> = {
  HOSTNAME: '@hostname',
  REGION: '@region',
  ZONE: '@zone',
};

function ruleOf({ selector, predicate }: scheduler.AttributeConstraint): AgentRule {
  const field = selector.attribute_name ?? pseudoFields[selector.pseudoattribute_type ?? ''] ?? '';
  const { text_equals, text_not_equals, text_matches, text_not_matches, not_exists } = predicate;
  if (text_equals) return { field, predicate: 'equals', operand: text_equals.value };
  if (text_not_equals) return { field, predicate: 'not-equals', operand: text_not_equals.value };
  if (text_matches) return { field, predicate: 'matches', operand: text_matches.regex };
  if (text_not_matches) return { field, predicate: 'not-matches', operand: text_not_matches.regex };
  return { field, predicate: not_exists ? 'not-exists' : 'exists', operand: '' };
}

/** What a framework says of the offers it wants; the rules of its first role stand for all. */
export function wishOf(
  info: mesos.FrameworkInfo,
  constraints: scheduler.OfferConstraints | undefined,
): OfferWish {
  const [filters] = Object.values(info.offer_filters ?? {});
  const [rules] = Object.values(constraints?.role_constraints ?? {});
  return {
    smallest: (filters?.min_allocatable_resources?.quantities ?? []).map(({ quantities = {} }) => ({
      cpus: quantities.cpus?.value ?? 0,
      mem: quantities.mem?.value ?? 0,
      disk: quantities.disk?.value ?? 0,
    })),
    agents: (rules?.groups ?? []).map(({ attribute_constraints = [] }) => attribute_constraints.map(ruleOf)),
  };
}

/** What a framework subscribes as. */
export function frameworkInfoOf(info: mesos.FrameworkInfo): FrameworkInfo {
  const can = (capability: string) => info.capabilities?.some(({ type }) => type === capability) ?? false;
  const roles = info.roles ?? [];
  return {
    name: info.name,
    roles: roles.length > 0 ? roles : [info.role ?? '*'],
    failoverTimeoutSeconds: Math.max(0, info.failover_timeout ?? 0),
    checkpoint: info.checkpoint ?? false,
    isPartitionAware: can('PARTITION_AWARE'),
    hasKillingState: can('TASK_KILLING_STATE'),
    ...(info.id && { id: info.id.value }),
  };
}

type Reader = (call: scheduler.Call) => FrameworkCall | undefined;

const rolesOf = (roles: readonly string[] | undefined) => (roles && roles.length > 0 ? { roles } : {});

const readers: Readonly<Partial<Record<NonNullable<scheduler.Call['type']>, Reader>>> = {
  ACCEPT: ({ accept }) => ({
    type: 'ACCEPT',
    offerIds: idsOf(accept?.offer_ids),
    tasks: launchesOf(accept?.operations ?? []),
    refuseSeconds: accept?.filters?.refuse_seconds ?? defaultRefuseSeconds,
  }),
  DECLINE: ({ decline }) => ({
    type: 'DECLINE',
    offerIds: idsOf(decline?.offer_ids),
    refuseSeconds: decline?.filters?.refuse_seconds ?? defaultRefuseSeconds,
  }),
  ACCEPT_INVERSE_OFFERS: ({ accept_inverse_offers }) => ({
    type: 'ACCEPT_INVERSE_OFFERS',
    offerIds: idsOf(accept_inverse_offers?.inverse_offer_ids),
  }),
  DECLINE_INVERSE_OFFERS: ({ decline_inverse_offers }) => ({
    type: 'DECLINE_INVERSE_OFFERS',
    offerIds: idsOf(decline_inverse_offers?.inverse_offer_ids),
  }),
  KILL: ({ kill }) => {
    const graceSeconds = secondsOf(kill?.kill_policy?.grace_period);
    return {
      type: 'KILL',
      taskId: kill?.task_id.value ?? '',
      ...(kill?.agent_id && { agentId: kill.agent_id.value }),
      ...(graceSeconds !== undefined && { graceSeconds }),
    };
  },
  ACKNOWLEDGE: ({ acknowledge }) =>
    acknowledge && {
      type: 'ACKNOWLEDGE',
      taskId: acknowledge.task_id.value,
      agentId: acknowledge.agent_id.value,
      uuid: uuidOf(acknowledge.uuid),
    },
  RECONCILE: ({ reconcile }) => ({
    type: 'RECONCILE',
    tasks: (reconcile?.tasks ?? []).map(({ task_id, agent_id }) => ({
      taskId: task_id.value,
      ...(agent_id && { agentId: agent_id.value }),
    })),
  }),
  SUPPRESS: ({ suppress }) => ({ type: 'SUPPRESS', ...rolesOf(suppress?.roles) }),
  REVIVE: ({ revive }) => ({ type: 'REVIVE', ...rolesOf(revive?.roles) }),
  UPDATE_FRAMEWORK: ({ update_framework: update }) =>
    update && { type: 'UPDATE_FRAMEWORK', wish: wishOf(update.framework_info, update.offer_constraints) },
  TEARDOWN: () => ({ type: 'TEARDOWN' }),
};

/** A call in the words of the simulation; `undefined` for one that does nothing there, such as MESSAGE. */
export const frameworkCall = (call: scheduler.Call): FrameworkCall | undefined =>
  call.type && readers[call.type]?.(call);
