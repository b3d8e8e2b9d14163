export {
  accessFile,
  type ClusterCredential,
  credentialIn,
  type LastingMasterAccess,
  lastingMasterAccess,
  type MasterAccess,
  masterAccess,
  readRecordedUrl,
} from './access.ts';
export { readAddress, writeAddress } from './address.ts';
export { readBeat } from './beat.ts';
export { type ClusterChange, type ClusterState, changeCluster } from './change-cluster.ts';
export {
  createCluster,
  listClusters,
  readDefinition,
  removeRemains,
} from './clusters.ts';
export {
  type Demand,
  type DemandClass,
  removeDemand,
  writeDemand,
} from './demand.ts';
export { type DemandDesk, demandDesk } from './demand-desk.ts';
export { describeUnmet } from './describe-unmet.ts';
export { type ClusterGpus, clusterGpus } from './gpus.ts';
export { clusterDirectory, clusterFile, clustersDirectory, pilotDirectory } from './paths.ts';
export { refuseStrangersAlong, strangersIn } from './trust.ts';
export { type ClusterView, type MasterView, readView } from './view.ts';
export { changeWanted, readWanted, writeWanted } from './wanted.ts';
