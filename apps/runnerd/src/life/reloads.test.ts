import { describe, expect, it } from 'vitest';
import { configurationSchema } from '../configuration/schema.ts';
import { type Settings, type Settled, settle } from '../configuration/settings.ts';
import { createLogger } from '../log/logger.ts';
import { Reloads } from './reloads.ts';

function settledOf(settings: object): Settled {
  return settle(configurationSchema.parse(settings), {
    environment: { XDG_STATE_HOME: '/state' },
    userId: 1000,
    readSecret: () => ({ text: 'tokentoken', isOpen: false }),
    directory: '/etc',
    placeOf: (setting) => setting.map(String).join('.'),
  });
}

/** Reloads whose file says `file.now`. */
function reloading(first: object) {
  const file = { now: settledOf(first) };
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', { write: (line) => lines.push(JSON.parse(line)) });
  const { settings } = file.now;
  if (!settings) throw new Error('the first configuration must be right');
  const reloads = new Reloads(settings, () => file.now, log);
  const applied: Settings[] = [];
  reloads.onReload(async (changed) => void applied.push(changed));
  return { file, reloads, lines, applied, log };
}

describe('Reloads', () => {
  it('applies what can be changed, and says what needs a restart and keeps it as it was', async () => {
    const { file, reloads, lines, applied, log } = reloading({});
    file.now = settledOf({ tokens: { a: { value: '12345678' } }, listen: '127.0.0.1:1', log_level: 'warn' });
    await reloads.reload();
    expect(applied.map(({ tokens }) => tokens)).toEqual([[{ name: 'a', token: '12345678', isAdmin: false }]]);
    expect(reloads.settings.configuration.listen).toBe('127.0.0.1:8913');
    expect(lines).toEqual([
      expect.objectContaining({ settings: ['listen'], msg: expect.stringContaining('started again') }),
    ]);
    expect(log.level).toBe('warn');
  });

  it('says again and again what still needs a restart', async () => {
    const { file, reloads, lines } = reloading({});
    file.now = settledOf({ listen: '127.0.0.1:1' });
    await reloads.reload();
    await reloads.reload();
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  it('reads tokens again whose files have changed and whose settings have not', async () => {
    const { file, reloads, applied, lines } = reloading({ tokens: { a: { file: '/a' } } });
    const { settings } = file.now;
    if (!settings) throw new Error('unreachable');
    file.now = {
      settings: { ...settings, tokens: [{ name: 'a', token: 'another1', isAdmin: false }] },
      problems: [],
    };
    await reloads.reload();
    expect(applied[0]?.tokens[0]?.token).toBe('another1');
    expect(lines).toMatchObject([{ applied: ['tokens'] }]);
  });

  it('says that another secret for the master is used only after a restart', async () => {
    const { file, reloads, lines } = reloading({ mesos: { principal: 'p', secret_file: '/s' } });
    const { settings } = file.now;
    if (!settings) throw new Error('unreachable');
    file.now = { settings: { ...settings, mesosSecret: 'another' }, problems: [] };
    await reloads.reload();
    await reloads.reload();
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { settings: ['mesos'] },
      { settings: ['mesos'] },
    ]);
    expect(reloads.settings.mesosSecret).toBe('tokentoken');
  });

  it('changes nothing for a file with a mistake, and says which', async () => {
    const { file, reloads, lines, applied } = reloading({});
    file.now = settledOf({ listen: '0.0.0.0:1' });
    await reloads.reload();
    expect(applied).toEqual([]);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        problems: [expect.stringMatching(/^listen: listen: 0\.0\.0\.0:1/)],
      }),
    ]);
  });

  it('does not become open to everyone on an address that it is to leave only with the next start', async () => {
    const tokens = { a: { value: '12345678' } };
    const { file, reloads, lines, applied } = reloading({ tokens, listen: '0.0.0.0:1' });
    file.now = settledOf({});
    await reloads.reload();
    expect(applied).toEqual([]);
    expect(lines[0]).toMatchObject({ problems: [expect.stringContaining('0.0.0.0:1 is listened on')] });
  });

  it('keeps what follows from settings that need a restart', async () => {
    const { file, reloads } = reloading({});
    file.now = settledOf({ listen: '127.0.0.1:1', mesos: { url: 'a:5050' }, state: '/other' });
    await reloads.reload();
    expect(reloads.settings).toMatchObject({
      address: { port: 8913 },
      cluster: { kind: 'local' },
      state: '/state/galaxy-mesos',
    });
  });

  it('goes on where a change cannot be applied', async () => {
    const { reloads, lines } = reloading({});
    reloads.onReload(async () => {
      throw new Error('no such policy');
    });
    await reloads.reload();
    expect(lines[0]).toMatchObject({ level: 'error', detail: 'no such policy' });
  });
});
