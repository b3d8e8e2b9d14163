import { preset } from '../../tsup.preset.ts';

// The second is a thread, which the first starts by its name.
export default preset({ entry: ['src/index.ts', 'src/plan-worker.ts'] });
