import type { Dialect, QueueAnswer, StatusOutcome } from '@galaxy-mesos/queue-cluster';
import { describe, expect, it } from 'vitest';
import type { DialectClaims } from './claims.ts';
import { dialectLaws } from './dialect-laws.ts';
import type { Law } from './law.ts';

/** A queue as simple as can be: `SUBMITTED 7`, and lines of `7 NAME R` with `END` below them. */
const toy: Dialect = {
  name: 'shell',
  title: 'Toy',
  excludesNodes: false,
  render: ({ script, name, log, walltimeSeconds, queue, extra }) => {
    for (const value of [name, log, queue ?? 'main']) if (!/^[\w/-]+$/.test(value)) throw refusal('no word');
    for (const line of extra) if (!/^#TOY [\w -]+$/.test(line)) throw refusal('no directive');
    const options = [`name ${name}`, `log ${log}`, `time ${walltimeSeconds}`];
    const lines = [...options.map((option) => `#TOY ${option}`), ...extra];
    return script.replace('\n', `\n${lines.join('\n')}\n`);
  },
  submit: (request) => ({ program: 'toy', arguments: ['submit'], input: toy.render(request) }),
  submitted: ({ exitCode, stdout, stderr }) => {
    const id = /^SUBMITTED (\d+)$/m.exec(stdout)?.[1];
    if (exitCode === 0 && id !== undefined) return { kind: 'accepted', id };
    if (exitCode === 127)
      return { kind: 'refused', problem: { kind: 'configuration', text: 'no toy', advice: 'get it' } };
    if (stderr.startsWith('REFUSED'))
      return { kind: 'refused', problem: { kind: 'configuration', text: 'refused' } };
    return { kind: 'unclear', text: 'who knows' };
  },
  status: ({ user }) => ({ program: 'toy', arguments: ['list', user] }),
  statuses: ({ exitCode, stdout }): StatusOutcome => {
    const lines = stdout.trimEnd().split('\n');
    const jobs = lines.slice(0, -1).map((line) => /^(\d+) (\S+) (\S*)$/.exec(line) ?? []);
    if (exitCode !== 0 || lines.at(-1) !== 'END' || jobs.some(({ length }) => length === 0))
      return { kind: 'no-news', text: 'not understood' };
    return {
      kind: 'known',
      batchJobs: jobs.map(([, id = '', name = '', state]) => ({ id, name, state: stateOf(state) })),
    };
  },
  stop: (ids) => ({ program: 'toy', arguments: ['stop', ...ids] }),
  cancel: (ids) => ({ program: 'toy', arguments: ['cancel', ...ids] }),
  cancelled: ({ exitCode }) => (exitCode === 0 ? { kind: 'told' } : { kind: 'no-news', text: 'failed' }),
  probes: () => [
    {
      subject: 'toy',
      command: { program: 'toy', arguments: [] },
      judge: ({ exitCode }) => ({ state: exitCode === 0 ? 'ok' : 'problem', text: 'looked at' }),
    },
  ],
};

const refusal = (text: string) =>
  Object.assign(new Error(text), { name: 'QueueClusterError', code: 'INVALID_DEFINITION' });

function stateOf(state: string | undefined) {
  if (state === 'W') return { kind: 'waiting' } as const;
  return state === 'R' ? ({ kind: 'running' } as const) : ({ kind: 'unknown', text: 'new to us' } as const);
}

const answer = (stdout: string, exitCode = 0, stderr = ''): QueueAnswer => ({ exitCode, stdout, stderr });

const claims: DialectClaims = {
  directive: '#TOY',
  extra: '#TOY color',
  readBack: ({ input = '' }) => ({
    name: /^#TOY name (.*)$/m.exec(input)?.[1] ?? '',
    log: /^#TOY log (.*)$/m.exec(input)?.[1] ?? '',
    walltimeSeconds: Number(/^#TOY time (.*)$/m.exec(input)?.[1]),
  }),
  accepted: [{ title: 'an id', answer: answer('SUBMITTED 7\n'), id: '7' }],
  refused: [{ title: 'a refusal', answer: answer('', 1, 'REFUSED\n'), kind: 'configuration' }],
  statuses: [
    { title: 'two', answer: answer('7 a R\n8 b W\nEND\n'), states: { '7': 'running', '8': 'waiting' } },
  ],
  noNews: [{ title: 'it fails', answer: answer('', 1) }],
  told: [{ title: 'it is gone', answer: answer('') }],
  notTold: [{ title: 'it fails', answer: answer('', 1) }],
  silenceIsNoJob: false,
  showsItsEnd: true,
  statusOf: (jobs) =>
    answer(`${jobs.map(({ id, name, state }) => `${id} ${name} ${state}\n`).join('')}END\n`),
  states: { waiting: 'W', running: 'R' },
  idOf: (number) => `${number}`,
};

const lawsOf = (change: Partial<Dialect>, changedClaims: Partial<DialectClaims> = {}): readonly Law[] =>
  dialectLaws({ ...toy, ...change }, { ...claims, ...changedClaims });

/** Names of the laws that do not hold. */
async function broken(laws: readonly Law[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, run } of laws) await run().catch(() => names.push(name));
  return names;
}

describe('dialectLaws', () => {
  it('all hold of a dialect that is right', async () => {
    expect(await broken(lawsOf({}))).toEqual([]);
  });

  const asRendered = (render: Dialect['render']): Partial<Dialect> => ({
    render,
    submit: (request) => ({ program: 'toy', arguments: [], input: render(request) }),
  });
  const unchecked = (text: string, value: string) => text.replace('\n', `\n#TOY more ${value}\n`);
  let runs = 0;

  it.each<[string, string, Partial<Dialect>]>([
    [
      'forgets the walltime',
      'says in a job what was asked for',
      asRendered((request) => toy.render({ ...request, walltimeSeconds: 60 })),
    ],
    [
      'lets a value make a line of its own',
      'refuses hostile values, or lets nothing be read out of them',
      asRendered((request) => unchecked(toy.render(request), request.account ?? '')),
    ],
    [
      'puts values where bash reads them',
      'lets bash run nothing but the script, whatever stands in values',
      asRendered(
        (request) => `${toy.render(request).replace('\necho', `\n: ${request.account ?? ''}\necho`)}`,
      ),
    ],
    [
      'has directives below the first command',
      'has its directives after the first line of a script, and the script after them',
      asRendered((request) => toy.render(request).replace('\n', '\n:\n')),
    ],
    [
      'shows something else than it submits',
      'submits the text that it shows',
      { submit: (request) => ({ program: 'toy', arguments: [], input: `${toy.render(request)}\n` }) },
    ],
    [
      'believes a submit that was ended',
      'does not know what came of a submit that was ended',
      { submitted: (said) => toy.submitted({ ...said, exitCode: said.exitCode ?? 0 }) },
    ],
    [
      'believes any submit that goes well',
      'finds no job in an answer that means nothing',
      { submitted: (said) => (said.exitCode === 0 ? { kind: 'accepted', id: '1' } : toy.submitted(said)) },
    ],
    [
      'quotes whole answers',
      'finds no job in an answer that means nothing',
      { submitted: (said) => ({ kind: 'unclear', text: `${said.stdout}\n` }) },
    ],
    [
      'takes what it does not understand for no job',
      'has no news in an answer that means nothing',
      {
        statuses: (said) => {
          const told = toy.statuses(said);
          return told.kind === 'known' ? told : { kind: 'known', batchJobs: [] };
        },
      },
    ],
    [
      'does not see that an answer is cut',
      'makes nothing up of an answer that was cut',
      { statuses: (said) => toy.statuses({ ...said, stdout: `${said.stdout.replace(/\w+\s*$/, '')}END\n` }) },
    ],
    [
      'takes a new state for an end',
      'takes a state that it does not know for no end',
      {
        statuses: (said) => {
          const told = toy.statuses(said);
          if (told.kind !== 'known') return told;
          const ended = { kind: 'ended', how: 'unknown' } as const;
          return {
            ...told,
            batchJobs: told.batchJobs.map((job) =>
              job.state.kind === 'unknown' ? { ...job, state: ended } : job,
            ),
          };
        },
      },
    ],
    [
      'leaves a job out',
      'tells every job of an answer, with its whole name, whatever stands beside it',
      {
        statuses: (said) => {
          const told = toy.statuses(said);
          return told.kind === 'known' ? { ...told, batchJobs: told.batchJobs.slice(0, 9) } : told;
        },
      },
    ],
    [
      'says something else each time',
      'finds the id in the answer to a submit: an id',
      {
        submitted: () => {
          runs += 1;
          return { kind: 'accepted', id: `${runs}` };
        },
      },
    ],
    [
      'tells the user to a shell',
      'asks with one command, for a user whose name is not told to a shell',
      { status: ({ user }) => ({ program: 'sh', arguments: ['-c', `toy list ${user}`] }) },
    ],
    [
      'forgets a job to cancel',
      'names each job that is to end, and no other',
      { cancel: (ids) => toy.cancel(ids.slice(1)) },
    ],
    [
      'is content whatever happens',
      'has jobs cancelled again after a command that was ended, is missing, or means nothing',
      { cancelled: () => ({ kind: 'told' }) },
    ],
    [
      'finds no fault',
      'finds fault with a site where its commands are missing, and throws for no answer',
      {
        probes: () => [
          {
            subject: 'toy',
            command: { program: 'toy', arguments: [] },
            judge: () => ({ state: 'ok', text: 'fine' }),
          },
        ],
      },
    ],
  ])('finds a dialect that %s', async (_, name, change) => {
    const laws = lawsOf(change).filter((law) => law.name === `shell ${name}`);
    expect(await broken(laws)).toEqual([`shell ${name}`]);
  });

  it('finds claims that hold nothing', async () => {
    expect(await broken(lawsOf({}, { noNews: [] }))).toEqual([
      'shell has a submit that a job is known of, a refusal, states, and a job that is gone',
    ]);
  });
});
