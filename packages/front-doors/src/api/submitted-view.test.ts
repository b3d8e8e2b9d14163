import type { AgentView, JobResources, JobView } from '@galaxy-mesos/galaxy-jobs';
import { expect, it } from 'vitest';
import { submittedView } from './submitted-view.ts';

const resources = (changes: Partial<JobResources> = {}): JobResources => ({
  ...{ cpus: 1, mem: 100, disk: 0 },
  ...changes,
});

const agent = (total?: JobResources): AgentView => ({
  ...{ id: 'a', hostname: 'h', attributes: {}, used: resources(), tasks: 0 },
  ...(total && { total }),
});

const warningOf = (wanted: Partial<JobResources>, agents: readonly AgentView[]): string | undefined => {
  const view = { id: 'job-1', resources: resources(wanted) } as JobView;
  return submittedView(view, agents).warning;
};

const small = agent(resources({ cpus: 1, mem: 8000 }));
const large = agent(resources({ cpus: 4, mem: 2000 }));

it.each<[string, Partial<JobResources>, readonly AgentView[], string | undefined]>([
  ['fits somewhere', { cpus: 4 }, [small, large], undefined],
  ['fits exactly', { cpus: 4, mem: 2000 }, [small, large], undefined],
  [
    'asks for more cores than any agent has',
    { cpus: 99 },
    [small, large],
    'nothing that is known now could ever hold it: it asks for 99 cores; the largest of 2 agents has 4',
  ],
  [
    'asks for a graphics processor where there is none',
    { gpus: 1 },
    [small],
    'nothing that is known now could ever hold it: it asks for 1 graphics processor; the largest of 1 agent has 0',
  ],
  [
    'asks for what no agent has together',
    { cpus: 2, mem: 4000 },
    [small, large],
    'nothing that is known now could ever hold it: none of 2 agents has all of 2 cores, 4000 MiB of memory',
  ],
  ['comes where nobody is', {}, [], 'nothing that is known now could ever hold it: no agent is known'],
  ['may fit on an agent that has not said what it has', { cpus: 99 }, [small, agent()], undefined],
])('warns of a job if it must, which %s', (_what, wanted, agents, warning) => {
  expect(warningOf(wanted, agents)).toBe(warning);
});
