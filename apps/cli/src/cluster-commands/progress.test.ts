import { describe, expect, it } from 'vitest';
import { Progress } from './progress.ts';

/** All that is written for some progress. */
function written(
  terminal: { isTTY?: boolean; columns?: number },
  tell: (progress: Progress) => void,
): string {
  let text = '';
  const progress = new Progress({
    ...terminal,
    write: (part) => {
      text += part;
    },
  });
  tell(progress);
  progress.close();
  return text;
}

const story = (progress: Progress): void => {
  progress.show('0 of 2', []);
  progress.show('0 of 2', ['why']);
  progress.show('0 of 2', ['why']);
  progress.show('1 of 2', ['why']);
};

describe('Progress', () => {
  it('writes a line for each change, and each remark once', () => {
    expect(written({}, story)).toBe('0 of 2\nwhy\n1 of 2\n');
  });

  it('draws its line anew on a terminal, below the remarks, and no longer than it is wide', () => {
    expect(written({ isTTY: true, columns: 6 }, story)).toBe('0 of \r\u001b[Kwhy\n0 of \r\u001b[K1 of \n');
  });
});
