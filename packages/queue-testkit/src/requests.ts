import type { BatchJobRequest } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import type { DialectClaims } from './claims.ts';

/** What the script of every request prints, and all that it may do. */
export const printed = 'the script ran';

/** Nothing is there, and nothing can be made there. */
const nowhere = '/nonexistent/pilots';

const base: BatchJobRequest = {
  name: 'gm-lab-small-abcdefgh',
  script: `#!/bin/bash\necho '${printed}'\n`,
  directory: `${nowhere}/gm-lab-small-abcdefgh`,
  log: `${nowhere}/gm-lab-small-abcdefgh/log`,
  cpus: 4,
  memMb: 2048,
  gpus: 0,
  walltimeSeconds: 3600,
  warningSeconds: 60,
  extra: [],
  excludedNodes: [],
};

/** A request that nobody could mind. */
export const plainRequest = ({ request = {} }: DialectClaims): BatchJobRequest => ({ ...base, ...request });

const word = (most: number) =>
  fc
    .string({ unit: fc.constantFrom(...'abcxyzABC0189_-'), maxLength: most })
    .map((rest) => `q${rest.replaceAll(/-+$/g, '')}`);

/** Requests as clusters make them. */
export const usualRequests = (claims: DialectClaims): fc.Arbitrary<BatchJobRequest> =>
  fc
    .record({
      name: word(50),
      cpus: fc.integer({ min: 1, max: 256 }),
      memMb: fc.integer({ min: 1, max: 4_000_000 }),
      walltimeSeconds: fc.integer({ min: 10, max: 60 * 86_400 }),
      queue: word(12),
      account: word(12),
    })
    .map((request) => ({
      ...plainRequest(claims),
      ...request,
      directory: `${nowhere}/${request.name}`,
      log: `${nowhere}/${request.name}/log`,
    }))
    .map((request) => withoutQueue(request, claims));

/** Where there are no queues, to ask for one is a mistake. */
function withoutQueue(request: BatchJobRequest, { queues = true }: DialectClaims): BatchJobRequest {
  const { queue, ...others } = request;
  return queues || queue === undefined ? request : others;
}

/** Texts that do something where they are not quoted, or end what they stand in. */
const hostileTexts = (directive: string): readonly string[] => [
  '$(touch hostile)',
  '`touch hostile`',
  '; touch hostile; ',
  "'; touch hostile; '",
  '"; touch hostile; "',
  '\ntouch hostile\n',
  '\r\ntouch hostile\r\n',
  '\\\ntouch hostile\n',
  ' & touch hostile # ',
  ' | touch hostile ',
  ' > hostile ',
  `\n${directive} -q hostile\n`,
  `\r${directive} -q hostile\r`,
  `\u2028${directive} -q hostile\u2028`,
  '\nqueue 100\n',
  '$(Cluster) $ENV(HOME) $$(Arch)',
  '" + "',
  '\\',
  '%j,:^',
  '\u0000',
  '\u001b[2J',
];

const anyHostileText = fc.string({
  unit: fc.constantFrom(...`ab $\`'"\\;&|<>(){}#!*?~\n\r\t=,:%^@`),
  minLength: 1,
  maxLength: 12,
});

/** Requests in which a text stands wherever a value of a user's or a queue's own may stand. */
function requestsWith(text: string, claims: DialectClaims): readonly BatchJobRequest[] {
  const placed = `q${text}q`;
  const changes: readonly Partial<BatchJobRequest>[] = [
    { name: placed },
    { queue: placed },
    { queue: text },
    { account: placed },
    { account: text },
    { directory: `${nowhere}/${placed}` },
    { log: `${nowhere}/${placed}` },
    { extra: [placed] },
    { extra: [text] },
    { extra: [`${claims.extra ?? ''}${placed}`] },
    { excludedNodes: [placed] },
  ];
  return changes.map((change) => ({ ...plainRequest(claims), ...change }));
}

/** Requests of which one value is hostile: the same every time. */
export const hostileCases = (claims: DialectClaims): readonly BatchJobRequest[] =>
  hostileTexts(claims.directive ?? '#').flatMap((text) => requestsWith(text, claims));

/** Requests of which one value is hostile, at random. */
export const hostileRequests = (claims: DialectClaims): fc.Arbitrary<BatchJobRequest> =>
  anyHostileText.chain((text) => fc.constantFrom(...requestsWith(text, claims)));
