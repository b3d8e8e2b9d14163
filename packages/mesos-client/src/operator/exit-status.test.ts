import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerExit } from './exit-status.ts';

describe('containerExit', () => {
  it('reads what real agents answered', () => {
    expect(containerExit(768)).toStrictEqual({ exitCode: 3 });
    expect(containerExit(0)).toStrictEqual({ exitCode: 0 });
    expect(containerExit(9)).toStrictEqual({ signal: 9, hasDumpedCore: false });
  });

  it('gives every exit code and every signal back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (exitCode) => {
        expect(containerExit(exitCode << 8)).toStrictEqual({ exitCode });
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.boolean(), (signal, hasDumpedCore) => {
        expect(containerExit(signal | (hasDumpedCore ? 0x80 : 0))).toStrictEqual({ signal, hasDumpedCore });
      }),
    );
  });

  it('agrees with what waitpid says on this machine', () => {
    const { stdout } = spawnSync('python3', [
      '-c',
      'import os\nfor c in ("exit 7", "kill -15 $$"): print(os.system(c))',
    ]);
    const [exited = '', killed = ''] = stdout.toString().trim().split('\n');
    expect(containerExit(Number(exited))).toStrictEqual({ exitCode: 7 });
    expect(containerExit(Number(killed))).toStrictEqual({ signal: 15, hasDumpedCore: false });
  });
});
