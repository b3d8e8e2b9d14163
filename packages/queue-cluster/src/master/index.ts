export { mergedFlags } from './flags.ts';
export { keepMasterHere, stopMasterHere } from './here.ts';
export { masterOfUrl } from './master-of-url.ts';
export { type MasterLimits, renderMasterScript } from './master-script.ts';
