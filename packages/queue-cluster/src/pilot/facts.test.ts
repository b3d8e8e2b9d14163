import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFacts } from './facts.ts';

const hostile = fc.string({
  unit: fc.constantFrom('a', '=', '\n', '\r', '\0', '\u0085', '\u{1f600}', '\ud800'),
  maxLength: 40,
});

describe('facts', () => {
  it('are what a pilot has written, the last line of a key', () => {
    const text = [
      'pilot=gm-a-b-12345678',
      'token=t',
      'host=n1',
      'pid=12',
      'batch_job=17.server',
      'started=1795445563',
      'ends=1795446163',
      'agent_pid=13',
      'agent_pid=14',
      'agent_address=10.0.0.1:4001',
      'cpus=8',
      'ended=agent-died',
      'ended_detail=139',
      'ended_at=1795445600',
      '',
    ].join('\n');
    expect(parseFacts(text)).toStrictEqual({
      pilot: 'gm-a-b-12345678',
      token: 't',
      host: 'n1',
      pid: 12,
      batchJob: '17.server',
      startedAt: 1795445563,
      ends: 1795446163,
      agentPid: 14,
      agentAddress: '10.0.0.1:4001',
      cpus: 8,
      ended: { reason: 'agent-died', detail: '139', at: 1795445600 },
    });
  });

  it('leave out a line that was cut, and what is not understood', () => {
    expect(
      parseFacts(
        'cpus=8x\nmem=-1\ngpus=99999999999999999\nended=bored\n=1\nhost=\nmaster=a\u0007b\nended=idle',
      ),
    ).toStrictEqual({ master: 'a b' });
  });

  it('are no more than one line of 300 characters each, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.string(), hostile, (before, after) => {
        const facts = parseFacts(`${before}\nhost=${after}\nended=idle\nended_detail=${after.repeat(40)}\n`);
        for (const text of [facts.host, facts.ended?.detail])
          expect(text ?? '').toMatch(/^[^\p{Cc}]{0,300}$/u);
        expect(facts.ended?.reason).toBe('idle');
      }),
    );
  });
});
