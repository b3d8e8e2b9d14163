export { checkAccess } from './access.ts';
export { describeEvent, type LauncherEvent, type LauncherListener } from './launcher-event.ts';
export { masterBatchJob } from './master-batch-job.ts';
export { type PilotToBe, pilotBatchJob } from './pilot-batch-job.ts';
export { newPilotName } from './ports.ts';
export { runQueueCommand } from './queue-commands.ts';
export { type LauncherOptions, runLauncher } from './run-launcher.ts';
export type { LauncherTiming } from './timing.ts';
