/**
 * Stand-ins for Mesos masters and agents that misbehave on command: scripted ones behind the HTTP API, and a simulated
 * cluster in virtual time.
 *
 * @example
 * const cluster = new SimulatedCluster({ seed: 1 });
 * cluster.addAgents(100, { resources: { cpus: 16, mem: 65_536, disk: 100_000 } });
 * const driver = new SimulatedDriver({ cluster });
 * await untilDone(cluster.time, driver.start((event) => console.log(event.type)));
 *
 * @example
 * await using master = await ScriptedMaster.listen({ heartbeatSeconds: 0.1 });
 * const stream = await master.nextSubscription();
 * stream.send({ type: 'RESCIND', rescind: { offer_id: { value: 'offer-1' } } });
 * const decline = await master.nextCall('DECLINE');
 *
 * @module
 */
export type { AgentOperator } from './agent/agent-operator.ts';
export type { ContainerSession } from './agent/container-session.ts';
export type { ExecutorStream, ExpectedExecutor } from './agent/executor-endpoint.ts';
export type { CallLog } from './calls/call-log.ts';
export type { Exchange } from './calls/exchange.ts';
export type { Hold, Orders } from './calls/rules.ts';
export { EventStream, record } from './event-stream.ts';
export type { Credentials } from './http/authentication.ts';
export type { TlsOptions } from './http/http-front.ts';
export type { ReceivedRequest } from './http/received-request.ts';
export type { FileStore } from './operator/file-store.ts';
export type { MasterOperator } from './operator/master-operator.ts';
export type { SchedulerExchange, SchedulerStream } from './scheduler/scheduler-exchange.ts';
export { ScriptedAgent, type ScriptedAgentOptions } from './scripted-agent.ts';
export { ScriptedMaster, type ScriptedMasterOptions } from './scripted-master.ts';
export type { BehaviourModel, TaskBehaviour } from './simulation/agent/task-behaviour.ts';
export { type AuditOptions, type AuditReport, audit } from './simulation/audit/audit.ts';
export { CallError, type CallErrorCode } from './simulation/driver/call-error.ts';
export { SimulatedDriver, type SimulatedDriverOptions } from './simulation/driver/simulated-driver.ts';
export { faultScenarios } from './simulation/faults/fault-scenarios.ts';
export {
  acknowledgements,
  answers,
  calls,
  delay,
  duplicate,
  type FaultOptions,
  launches,
  lose,
  type MessagePattern,
  reorder,
  updates,
  updatesToScheduler,
  whenSent,
} from './simulation/faults/message-faults.ts';
export type { FaultScenario } from './simulation/faults/scenario.ts';
export { busyAgents, frameworkOf, later, repeatedly, type Stage } from './simulation/faults/stage.ts';
export { SimulatedMaster, type SimulatedMasterOptions } from './simulation/http/simulated-master.ts';
export type { Fault, Message } from './simulation/network.ts';
export type { ClusterOptions } from './simulation/options.ts';
export { Random } from './simulation/random.ts';
export { settleTurns, untilDone } from './simulation/run.ts';
export { type AgentDescription, SimulatedCluster } from './simulation/simulated-cluster.ts';
export { VirtualClock } from './simulation/time/virtual-clock.ts';
export { playTrace } from './simulation/trace/play-trace.ts';
export {
  behaviourOf,
  genomeMix,
  makeTrace,
  type TaskShape,
  type Trace,
  type TraceOptions,
  type TraceTask,
} from './simulation/trace/trace.ts';
export type { FrameworkInfo, TaskLaunch, TaskStatus } from './simulation/vocabulary.ts';
export type { LocationForm } from './standing.ts';
