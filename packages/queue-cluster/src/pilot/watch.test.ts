import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { watchShell } from './shell/watch.ts';

/**
 * What a pilot says when it has looked around once a minute: a word for each minute, `busy` or `idle`, with `-` where
 * the master does not answer. It finishes with the reason, or is still there at the end.
 */
function watch(minutes: readonly string[]): string {
  const world = [
    'alive() { :; }; read_orders() { :; }; follow_master() { :; }; read_agent_log() { :; }; read_clock() { :; }',
    'launcher_is_there() { :; }; answer_signals() { :; }',
    'count_executors() { [[ $minute == busy* ]]; echo $((1 - $?)); }',
    'master_answers() { [[ $minute != *- ]]; }',
    'finish() { echo "$now s: $1"; exit; }',
    'order_stop=0 order_drain=0 order_keep=1 revoked= agent_pid=1 master=host:5050',
    'deadline=6000 hard_margin_seconds=60 master_lost_seconds=300 idle_seconds=600',
    'now=0 master_seen=0 alone_since=0 idle_since=0',
  ];
  const looks = `for minute in ${minutes.join(' ')}; do now=$((now + 60)); look; done; echo still there`;
  const script = [watchShell.replace(/\nwork_and_listen\n$/, '\n'), ...world, looks].join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}

const times = (count: number, minute: string): readonly string[] =>
  Array.from({ length: count }, () => minute);

describe('a pilot whose master does not answer', { timeout: 60_000 }, () => {
  it('leaves after five minutes where nothing runs on it', () => {
    expect(watch(times(20, 'idle-'))).toBe('300 s: master-lost');
    expect(watch([...times(2, 'idle'), ...times(20, 'idle-')])).toBe('420 s: master-lost');
  });

  it('waits for it as long as something runs, until the end of the walltime', () => {
    expect(watch(times(60, 'busy-'))).toBe('still there');
    expect(watch(times(120, 'busy-'))).toBe('5940 s: deadline');
  });

  it('waits for five minutes more when that has ended, so that a successor may hear of it', () => {
    expect(watch([...times(30, 'busy-'), ...times(20, 'idle-')])).toBe('2100 s: master-lost');
    expect(watch([...times(30, 'busy-'), ...times(4, 'idle-'), 'idle', ...times(4, 'idle-')])).toBe(
      'still there',
    );
  });
});
