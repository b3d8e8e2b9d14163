import { preset } from '../../tsup.preset.ts';

// The second is a program, which the first starts by its name.
export default preset({ entry: ['src/index.ts', 'src/join/join-program.ts'] });
