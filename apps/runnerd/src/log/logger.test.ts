import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(isTTY: boolean, level = 'info') {
  const lines: string[] = [];
  return { log: createLogger(level, { isTTY, write: (line) => lines.push(line) }), lines };
}

describe('createLogger', () => {
  it('writes one line of JSON an event', () => {
    const { log, lines } = logged(false);
    log.info({ jobId: 'j1' }, 'job ok');
    log.debug('not shown');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      jobId: 'j1',
      msg: 'job ok',
    });
    expect(lines[0]?.endsWith('\n')).toBe(true);
  });

  it('writes for people on a terminal', () => {
    const { log, lines } = logged(true);
    log.warn({ jobId: 'j1', agents: ['a', 'b'] }, 'job error');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}job error jobId=j1 agents=\["a","b"\]\n$/);
  });

  it('lets nobody else`s words do anything to that terminal', () => {
    const { log, lines } = logged(true);
    const words = 'a\u001b]0;title\u0007b\nc\rd\u009be';
    log.error({ detail: words, list: [words], err: new Error(words) }, words);
    expect(lines.join('').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(lines[0]).toContain('a\\x1b]0;title\\x07b c\\x0dd\\x9be');
  });

  it('shows where an error comes from', () => {
    const { log, lines } = logged(true);
    log.error({ err: new Error('broken') }, 'it failed');
    expect(lines[0]).toMatch(/ERROR it failed\nError: broken\n {4}at /);
  });
});
