import type { FailedPartsView } from '@galaxy-mesos/galaxy-jobs';

/** More than these are only counted: they mostly have one cause. */
const shown = 10;
const longest = 300;

/** Tells on stderr of parts that are left out: whoever looks at nothing else has to hear of it. */
export function tellLeftOut(failed: FailedPartsView | undefined): void {
  const lines = leftOutLines(failed);
  if (lines.length > 0) process.stderr.write(`galaxy-mesos: ${lines.join('\n')}\n`);
}

/** What a person is to know of parts that failed and are not in the results. */
export function leftOutLines(failed: FailedPartsView | undefined): readonly string[] {
  if (!failed) return [];
  const { total, parts } = failed;
  const told = parts.slice(0, shown);
  const more = total - told.length;
  return [
    `left out: ${total} part${total === 1 ? '' : 's'} that failed`,
    ...told.map(({ index, label, message }) =>
      printable(`  part ${index + 1}${label === undefined ? '' : `, ${label}`}: ${message}`),
    ),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

/** Last words of a command must not move the cursor of whoever reads of them. */
const printable = (text: string): string =>
  (text.length <= longest ? text : `${text.slice(0, longest)} …`).replace(/\p{C}/gu, '?');
