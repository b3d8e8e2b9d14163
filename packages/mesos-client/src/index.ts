/**
 * A client of the Apache Mesos v1 HTTP APIs.
 *
 * @example
 * const session = new SchedulerSession({ master: '127.0.0.1:5050', framework: { user: 'root', name: 'example' } });
 * await session.start((event) => console.log(event.type));
 * await session.send({ type: 'TEARDOWN' });
 *
 * @module
 */
export type { ClientOptions } from './client-options.ts';
export { type Codec, createCodec, type WireFormat } from './codec/codec.ts';
export type { Discriminated, PayloadOf, TypeOf } from './codec/discriminated.ts';
export { unknownFields } from './codec/unknown-fields.ts';
export { type ExecutorEnvironment, readExecutorEnvironment } from './executor/environment.ts';
export type {
  ExecutorEvent,
  ExecutorSessionEvent,
  ExecutorSessionListener,
  ExecutorTaskState,
  ExecutorTaskStatus,
} from './executor/executor-messages.ts';
export { ExecutorSession } from './executor/executor-session.ts';
export type { ExecutorSessionOptions } from './executor/session-options.ts';
export type * as agent from './gen/agent.ts';
export type * as allocator from './gen/allocator.ts';
export type * as executor from './gen/executor.ts';
export type * as google from './gen/google.ts';
export type * as maintenance from './gen/maintenance.ts';
export type * as master from './gen/master.ts';
export type * as mesos from './gen/mesos.ts';
export type { Messages } from './gen/messages.ts';
export type * as quota from './gen/quota.ts';
export type * as resource_provider from './gen/resource_provider.ts';
export type * as scheduler from './gen/scheduler.ts';
export type { TlsOptions } from './http/connection.ts';
export type { Credential, SecretSource } from './http/credential.ts';
export { createMasterDetector, type MasterDetectorOptions } from './leader/create-master-detector.ts';
export { describeMasterAddress, type MasterAddress, parseMasterAddress } from './leader/master-address.ts';
export type { AddressRewrite, MasterDetector, MasterScheme } from './leader/master-detector.ts';
export type { ZooKeeperAddress } from './leader/parse-zookeeper-address.ts';
export { MesosError, type MesosErrorCode, type MesosErrorDetails } from './mesos-error.ts';
export { agentAddressOf } from './operator/agent-address.ts';
export { AgentClient, type AgentClientOptions, type ContainerInputOptions } from './operator/agent-client.ts';
export type { ContainerInput, ContainerInputSource } from './operator/container-input.ts';
export type { ContainerOutput, ContainerOutputStream } from './operator/container-output.ts';
export { type ContainerExit, containerExit } from './operator/exit-status.ts';
export type { FilePage, PageOptions, ReadOptions, TailOptions } from './operator/files.ts';
export { MasterClient, type MasterClientOptions } from './operator/master-client.ts';
export type {
  AgentCall,
  MasterCall,
  MasterEvent,
  MasterWatchEvent,
  OperatorAnswer,
  OperatorCall,
  OperatorCallType,
  OperatorTarget,
} from './operator/operator-messages.ts';
export type { Abortable, OperatorOptions } from './operator/operator-options.ts';
export { type SandboxReference, sandboxPath } from './operator/sandbox-path.ts';
export { defaultMaximumRecordBytes, RecordDecoder, type RecordListener } from './recordio/record-decoder.ts';
export type {
  SchedulerCall,
  SchedulerEvent,
  SessionEvent,
  SessionListener,
} from './scheduler/scheduler-messages.ts';
export { SchedulerSession } from './scheduler/scheduler-session.ts';
export type { SchedulerSessionOptions } from './scheduler/session-options.ts';
export type { ZooKeeperServer } from './zookeeper/server.ts';
