/** A launcher in a process of its own, to be killed: `node launch.ts CLUSTERS NAME TIMING`. */
import { argv } from 'node:process';
import { describeEvent, runLauncher } from '../../src/launcher/index.ts';

const [, , clusters = '', name = '', timing = '{}'] = argv;
const how = await runLauncher({
  clusters,
  name,
  timing: JSON.parse(timing) as object,
  listener: (event) => console.log(describeEvent(event)),
});
console.log(how);
