/**
 * Runs the daemon until it is told to stop.
 *
 * @example
 * ```ts
 * import { runDaemon } from '@galaxy-mesos/runnerd';
 *
 * process.exitCode = await runDaemon({ listen: '127.0.0.1:8913' });
 * ```
 *
 * @module
 */
export { type DaemonFlags, type DaemonOption, daemonHelp, daemonOptions } from './configuration/flags.ts';
export { doctorForGalaxy, type GalaxyDoctorFlags } from './doctor/doctor-for-galaxy.ts';
export { runDaemon } from './run-daemon.ts';
export { RunnerdError, type RunnerdErrorCode } from './runnerd-error.ts';
