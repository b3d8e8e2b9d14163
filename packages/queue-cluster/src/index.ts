/** A Mesos cluster inside a batch queue: pilots that run agents, and the launcher that keeps them. @module */

export { absenceOf, describeAbsence } from './attendance.ts';
export { credentialForMaster, directoryOfCredential } from './credential-for-master.ts';
export { changesOf, type DefinitionChanges } from './definition/changes.ts';
export {
  type ClusterDescription,
  type DefinitionFile,
  defineCluster,
} from './definition/define-cluster.ts';
export type {
  BatchJobShape,
  ClusterDefinition,
  MasterDefinition,
  PoolDefinition,
} from './definition/definition.ts';
export { describeDuration, parseDuration } from './definition/duration.ts';
export { describeMemory } from './definition/memory.ts';
export type { ClusterOptions } from './definition/options.ts';
export type {
  BatchJobEnding,
  BatchJobReport,
  BatchJobRequest,
  BatchJobState,
  CancelOutcome,
  Dialect,
  DialectName,
  Inquiry,
  InquiryFinding,
  ProbeFinding,
  ProbeSubject,
  QueueAnswer,
  QueueCommand,
  QueueProbe,
  QueueProblem,
  QueueProblemKind,
  StatusOutcome,
  StatusQuery,
  SubmitOutcome,
  TrialOutcome,
} from './dialects/dialect.ts';
export { dialectNamed } from './dialects/index.ts';
export { type LauncherStanding, readLauncher } from './journal/index.ts';
export {
  checkAccess,
  describeEvent,
  type LauncherEvent,
  type LauncherListener,
  type LauncherOptions,
  type LauncherTiming,
  masterBatchJob,
  newPilotName,
  type PilotToBe,
  pilotBatchJob,
  runLauncher,
  runQueueCommand,
} from './launcher/index.ts';
export { attendedAddress, knownCluster, resolveMesosUrl } from './mesos-url.ts';
export type { Wanted, WantedPool } from './pools/news.ts';
export type { PilotPhase, PilotView, PoolsView, PoolView, UnmetDemand } from './pools/view.ts';
export { QueueClusterError, type QueueClusterErrorCode } from './queue-cluster-error.ts';
export {
  type ClusterChange,
  type ClusterGpus,
  type ClusterState,
  type ClusterView,
  changeCluster,
  changeWanted,
  clusterDirectory,
  clusterFile,
  clusterGpus,
  clustersDirectory,
  createCluster,
  type Demand,
  type DemandClass,
  type DemandDesk,
  demandDesk,
  describeUnmet,
  type LastingMasterAccess,
  lastingMasterAccess,
  listClusters,
  type MasterAccess,
  type MasterView,
  masterAccess,
  pilotDirectory,
  readAddress,
  readBeat,
  readDefinition,
  readView,
  readWanted,
  refuseStrangersAlong,
  removeDemand,
  removeRemains,
  strangersIn,
  writeDemand,
} from './standing/index.ts';
