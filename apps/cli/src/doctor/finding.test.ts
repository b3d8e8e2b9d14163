import { describe, expect, it } from 'vitest';
import { printFindings } from './finding.ts';

describe('printFindings', () => {
  it('puts subjects in a column, and advice below what it is about', () => {
    expect(
      printFindings([
        { subject: 'node', state: 'ok', text: 'v24.0.0' },
        { subject: 'work directory', state: 'problem', text: 'is not there', advice: 'make it' },
        { subject: 'MESOS_URL', state: 'note', text: 'not set' },
      ]),
    ).toBe(
      [
        'ok  node            v24.0.0',
        'BAD work directory  is not there',
        '                    -> make it',
        '-   MESOS_URL       not set',
      ].join('\n'),
    );
  });
});
