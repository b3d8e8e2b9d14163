/**
 * Jobs that have a directory in Galaxy's layout: what their attempts run, and how the result comes into the directory.
 *
 * @module
 */
export { deliverDirectory } from './deliver-directory.ts';
export { attemptScriptPath } from './layout.ts';
export { chooseInputsHere } from './parts/choose-inputs-here.ts';
export { joinAttempts, joinedAttempt, leftOutOf } from './parts/join-attempts.ts';
export { dropParts, isPartKept, keepPart, partName } from './parts/keep-part.ts';
export { PartStage } from './parts/stage-part.ts';
export { mergesOfFormats, resultsOfFormats } from './parts/strategy-merges.ts';
export { prepareDirectoryJob } from './prepare.ts';
export type { DirectoryStaging } from './staging.ts';
export { directoryTaskStatuses } from './statuses.ts';
export { directoryTaskCommand, directoryTaskEnvironment } from './task-command.ts';
export { carefully } from './write-out.ts';
