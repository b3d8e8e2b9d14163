import { preset } from '../../tsup.preset.ts';

// The others are programs, which the first starts by their names.
export default preset({
  entry: [
    'src/index.ts',
    'src/join/join-program.ts',
    'src/planning/plan-program.ts',
    'src/directory-jobs/parts/choose-inputs-program.ts',
    'src/directory-jobs/parts/join-trees-program.ts',
  ],
});
