import type { Line } from './line.ts';
import { isWhole, quoteLine, textOf } from './line.ts';

const tab = 0x09;

const tabsOf = ({ bytes, from, to }: Line): number => {
  let tabs = 0;
  for (let at = bytes.indexOf(tab, from); at !== -1 && at < to; at = bytes.indexOf(tab, at + 1)) tabs += 1;
  return tabs;
};

/** What is wrong with a line that has fewer than `least` columns between tabs; `what` is what it should be. */
export const tooFewColumns = (line: Line, least: number, what: string): string | undefined => {
  const found = tabsOf(line) + 1;
  if (found >= least || !isWhole(line)) return undefined;
  return `found ${quoteLine(line)}, which has ${countOf(found)}; expected ${what} of at least ${least} between tabs`;
};

/** The columns of a line between tabs, or, if `separator` says so, between runs of white space. */
export const columnsOf = (line: Line, separator: string | RegExp = '\t'): readonly string[] =>
  textOf(line).split(separator);

const countOf = (columns: number): string => (columns === 1 ? 'one column' : `${columns} columns`);
