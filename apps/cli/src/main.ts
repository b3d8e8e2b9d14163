import { runProgram } from './program.ts';
import { survive } from './standard-streams.ts';

survive(process.stdout, process.stderr);
process.exitCode = await runProgram(process.argv);
