import { preset } from '../../tsup.preset.ts';

export default preset({ entry: ['src/main.ts'], dts: false });
