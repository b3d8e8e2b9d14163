export { Journal } from './journal.ts';
export { type ClusterLock, type LauncherStanding, readLauncher, takeLock } from './lock.ts';
