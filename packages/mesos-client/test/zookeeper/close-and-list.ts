/**
 * A program: looks for the leader at the address given, closes as soon as the trouble is the one expected (or at
 * once, where none is), and prints what is left open.
 */
import { argv, getActiveResourcesInfo } from 'node:process';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { createMasterDetector } from '../../src/leader/create-master-detector.ts';
import { parseMasterAddress } from '../../src/leader/master-address.ts';

const [, , address = '', trouble] = argv;
const before = getActiveResourcesInfo();
const detector = createMasterDetector(parseMasterAddress(address));
const ended = detector.candidates(new AbortController().signal).catch((error: unknown) => String(error));
await turn();
const during = getActiveResourcesInfo();
while (trouble !== undefined && !detector.trouble?.includes(trouble)) await sleep(10);
await detector.close();
await ended;
// What is destroyed is gone a turn later.
await turn();
await turn();
console.log(JSON.stringify({ before, during, after: getActiveResourcesInfo() }));
