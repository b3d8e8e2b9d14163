import { z } from 'zod';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { type ApiContext, type ApiInstance, json, problems } from '../api-instance.ts';
import { type EventFeedQuery, isGone, isVisible } from '../event-feed.ts';
import { serveEvents } from '../event-socket.ts';
import { visibleJob } from '../job-list.ts';
import { jobEventSchema } from '../schemas/events.ts';
import { wholeNumber } from '../schemas/query.ts';

const mostEvents = 1000;
const defaultEvents = 100;

const description = `A page of events after a sequence number, oldest first.

As a WebSocket (the same address, with the headers of an upgrade) every event comes as one text message with a
\`JobEvent\` in JSON, as it happens; with \`after\` those that were missed come first, none left out and none twice, and
without it only what happens from then on. Whoever comes again says the last sequence number he saw. Closing codes:
1001 the daemon stops, 1013 the reader is too slow: both come again with \`after\`. 4401 the token is not known any more,
or has other rights now: come again with one that is. 4410 events after that number are not
kept any more: ask for the jobs anew and come again without \`after\`.`;

const eventPageSchema = z.object({
  events: z.array(jobEventSchema),
  last: z.int().describe('Go on with this as `after`. Equal to what was asked: there is nothing new.'),
});

/** What happens to jobs, as a page or as a WebSocket. */
export function eventRoutes(api: ApiInstance, { jobs, closing, webSockets, times }: ApiContext): void {
  api.get(
    '/events',
    {
      exposeHeadRoute: false,
      schema: {
        ...{ tags: ['events'], operationId: 'listEvents', summary: 'What happened to jobs', description },
        querystring: z.strictObject({
          after: wholeNumber(0, Number.MAX_SAFE_INTEGER)
            .exactOptional()
            .describe('The sequence number of the last event that is known.'),
          limit: wholeNumber(1, mostEvents)
            .exactOptional()
            .describe(`How many events are looked at; default: ${defaultEvents}. Not with a WebSocket.`),
          job: z.string().exactOptional().describe('Only events of this job.'),
        }),
        response: {
          200: json('A page of events.', eventPageSchema),
          ...problems(404, 410, 503),
        },
      },
    },
    async (request, reply) => {
      const { principal, raw } = request;
      const { after, job, limit = defaultEvents } = request.query;
      const query: EventFeedQuery = {
        principal,
        ...(after !== undefined && { after }),
        ...(job !== undefined && { jobId: job }),
      };
      if (job !== undefined && after === undefined) visibleJob(jobs, principal, job);
      if (!webSockets.isAsked(raw)) return await eventPage(query, limit);
      reply.hijack();
      webSockets.accept(raw, async (webSocket) => {
        const dismissal = (over: AbortSignal) => request.dismissal(over);
        const source = { jobs, closing, times, dismissal };
        const failure = await serveEvents(webSocket, raw.socket, query, source);
        if (failure !== undefined) request.log.error({ err: failure }, 'events could not be read');
      });
      return reply;
    },
  );

  async function eventPage(query: EventFeedQuery, limit: number) {
    const { after = 0 } = query;
    if (await isGone(jobs, after)) {
      throw new FrontDoorError('EVENTS_GONE', `events after ${after} are not all kept any more`);
    }
    const found = await jobs.events({ after, limit });
    const events = found.filter((event) => isVisible(event, query));
    return { events, last: found.at(-1)?.sequence ?? after };
  }
}
