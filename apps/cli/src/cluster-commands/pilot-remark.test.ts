import type { PilotView } from '@galaxy-mesos/queue-cluster';
import { describe, expect, it } from 'vitest';
import { remarkOn } from './pilot-remark.ts';

const pilot = (how: Partial<PilotView>): PilotView => ({
  name: 'gm-mine-main-a',
  pool: 'main',
  phase: 'registered',
  since: 0,
  ...how,
});

describe('what is said of a pilot', () => {
  it('is nothing while it works', () => {
    expect(remarkOn(pilot({}))).toBe('');
  });

  it('is why it waits, and whether that will ever end', () => {
    const waits = { text: 'PartitionDown' };
    expect(remarkOn(pilot({ phase: 'queued', waits }))).toBe('PartitionDown');
    expect(remarkOn(pilot({ phase: 'queued', waits, isStuck: true }))).toBe('NEVER: PartitionDown');
  });

  it('is why it leaves, in words', () => {
    expect(remarkOn(pilot({ phase: 'leaving', leaving: 'surplus' }))).toBe('not needed now');
  });

  it('is why it was told to end, not by which signal', () => {
    const ended = { class: 'planned-end', text: 'its script ended: signal USR1' } as const;
    expect(remarkOn(pilot({ phase: 'ended', leaving: 'surplus', ended }))).toBe('as planned: not needed now');
  });

  it('is what its script said, where it ended by itself or failed', () => {
    const idle = { class: 'planned-end', text: 'its script ended: idle' } as const;
    expect(remarkOn(pilot({ phase: 'ended', ended: idle }))).toBe('as planned: its script ended: idle');
    const died = { class: 'died-early', text: 'its script ended: agent-died 1' } as const;
    expect(remarkOn(pilot({ phase: 'ended', ended: died }))).toBe(
      'died early: its script ended: agent-died 1',
    );
  });
});
