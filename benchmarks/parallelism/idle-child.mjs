// Begins as a process that plans or joins does, and ends.
import { builtIn } from '@galaxy-mesos/parallelism';

if (builtIn.merges.length === 0) throw new Error('there is nothing');
