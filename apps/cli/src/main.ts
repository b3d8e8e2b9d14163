import { endWithLauncher } from './launcher.ts';
import { runProgram } from './program.ts';
import { survive } from './standard-streams.ts';

endWithLauncher();
survive(process.stdout, process.stderr);
process.exitCode = await runProgram(process.argv);
