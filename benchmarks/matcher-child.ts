// A part of the benchmark `matcher` in a process of its own, so that memory and event loop are its own, too.

import { measureEventLoop } from './matcher/event-loop-probe.ts';
import { measurePending, pendingKinds } from './matcher/pending-probe.ts';

const [part, ...parameters] = process.argv.slice(2);
const kind = pendingKinds.find((name) => name === parameters[0]);
if (part === 'event-loop')
  console.log(JSON.stringify(await measureEventLoop(Number(parameters[0]), Number(parameters[1]))));
else if (part === 'pending' && kind)
  console.log(JSON.stringify(await measurePending(kind, Number(parameters[1]))));
else throw new Error(`there is no part ${process.argv.slice(2).join(' ')}`);
