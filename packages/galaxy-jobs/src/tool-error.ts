/** What kind of thing is wrong; see {@link ToolError}. */
export type ToolErrorCode =
  | 'MALFORMED_XML'
  | 'INVALID_TOOL'
  | 'UNSUPPORTED'
  | 'INVALID_VALUE'
  | 'RENDER_FAILED';

/** One thing that is wrong, with where it stands and what to do about it. */
export interface ToolProblem {
  readonly code: ToolErrorCode;
  /** What is wrong and what to do, as a sentence without the place. */
  readonly text: string;
  /** One-based line in the tool's XML, where the problem has one. */
  readonly line: number | undefined;
  /** One-based column; known for malformed XML only. */
  readonly column: number | undefined;
}

/**
 * Thrown by every function of this package that reads or runs a tool. The codes:
 *
 * - `MALFORMED_XML`: the text is not XML. Mend it at the line and column given.
 * - `INVALID_TOOL`: Galaxy could not run the tool either; mend the tool.
 * - `UNSUPPORTED`: Galaxy knows this, the subset here does not. Take it out of the tool, or run it in Galaxy.
 * - `INVALID_VALUE`: a person's inputs or settings do not fit the tool; give others.
 * - `RENDER_FAILED`: the command cannot be built from these values or paths.
 *
 * All problems found are reported together, in {@link problems} and in the message.
 */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ToolErrorCode;
  readonly problems: readonly ToolProblem[];
  /** The path or the id of the tool, if it was known. */
  readonly tool: string | undefined;

  constructor(problems: readonly ToolProblem[], tool?: string, options?: ErrorOptions) {
    const code = gravest(problems);
    super(message(code, problems, tool), options);
    this.code = code;
    this.problems = problems;
    this.tool = tool;
  }
}

/** Makes one problem; `line` and `column` are one-based. */
export function problem(code: ToolErrorCode, text: string, line?: number, column?: number): ToolProblem {
  return { code, text, line, column };
}

/** The code of the whole is the one that a reader must act on first. */
function gravest(problems: readonly ToolProblem[]): ToolErrorCode {
  const order: readonly ToolErrorCode[] = [
    'MALFORMED_XML',
    'UNSUPPORTED',
    'INVALID_TOOL',
    'INVALID_VALUE',
    'RENDER_FAILED',
  ];
  return order.find((code) => problems.some((one) => one.code === code)) ?? 'INVALID_TOOL';
}

function message(code: ToolErrorCode, problems: readonly ToolProblem[], tool: string | undefined): string {
  const subject = tool === undefined ? '' : `${tool}: `;
  const lines = problems.map((one) => `${place(one)}${one.text}`);
  if (lines.length === 1) return `[${code}] ${subject}${lines[0]}`;
  return `[${code}] ${subject}${lines.length} problems\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function place(one: ToolProblem): string {
  if (one.line === undefined) return '';
  return one.column === undefined ? `line ${one.line}: ` : `line ${one.line}, column ${one.column}: `;
}
