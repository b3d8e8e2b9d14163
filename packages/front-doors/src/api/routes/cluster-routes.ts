import type { WaitingView } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { type ApiContext, type ApiInstance, json, problems } from '../api-instance.ts';
import { agentViewSchema, waitingViewSchema } from '../schemas/views.ts';

const tags = ['cluster'];

/** The cluster: its agents, what waits for them and why, and numbers. */
export function clusterRoutes(api: ApiInstance, { jobs }: ApiContext): void {
  api.get(
    '/agents',
    {
      schema: {
        ...{ tags, operationId: 'listAgents', summary: 'The agents, as far as they are known' },
        response: { 200: json('All agents.', z.object({ agents: z.array(agentViewSchema) })), ...problems() },
      },
    },
    async () => ({ agents: [...jobs.agents()] }),
  );

  api.get(
    '/queue',
    {
      schema: {
        ...{ tags, operationId: 'showQueue', summary: 'What waits, and why' },
        description:
          'Tasks of one kind stand together. Only what is of your own jobs, unless you are an administrator.',
        response: {
          200: json('What waits, by kind.', z.object({ waiting: z.array(waitingViewSchema) })),
          ...problems(),
        },
      },
    },
    async ({ principal }) => {
      const isVisible = (jobId: string) => principal.isAdmin || jobs.job(jobId)?.owner === principal.name;
      return { waiting: jobs.waiting().flatMap((view) => partOf(view, principal, isVisible)) };
    },
  );

  api.get(
    '/metrics',
    {
      schema: {
        ...{ tags, operationId: 'readMetrics', summary: "Numbers, in Prometheus's text format" },
        response: {
          200: { description: 'Samples.', content: { 'text/plain': { schema: z.string() } } },
          ...problems(),
        },
      },
    },
    async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(await jobs.metrics()),
  );
}

/** What somebody may see of a group of tasks that wait. */
function partOf(view: WaitingView, principal: Principal, isVisible: (jobId: string) => boolean) {
  const visible = view.jobs.filter(isVisible);
  return principal.isAdmin || visible.length > 0 ? [{ ...view, jobs: visible }] : [];
}
