/** One thing that was looked at: `ok`, `note` (fine, but worth knowing) or `problem`. */
export interface Finding {
  readonly subject: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly text: string;
  /** What to do about a problem. */
  readonly advice?: string;
}

const marks = { ok: 'ok  ', note: '-   ', problem: 'BAD ' } as const;

/** The findings as lines for people, subjects in a column. */
export function printFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .flatMap(({ subject, state, text, advice }) => [
      `${marks[state]}${subject.padEnd(width)}  ${text}`,
      ...(advice === undefined ? [] : [`    ${' '.repeat(width)}  -> ${advice}`]),
    ])
    .join('\n');
}
