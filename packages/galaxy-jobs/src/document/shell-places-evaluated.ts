/**
 * What bash does not take for a mere text, whatever the quotes around it are: it calculates with it, or takes it for the
 * name of a variable, and runs a command that stands in an index there, as in `a[$(...)]`.
 */
export interface Evaluation {
  /** Where that is, in words for a person. */
  readonly where: string;
  /** Whether values behind `NAME=` are mere texts all the same. */
  readonly mayAssign: boolean;
}

/** `((...))`, where all shells agree how far it reaches. */
export const arithmetic = /\(\((?:(?!<<)[\w\s+\-*/%<>=!&|^~?:;,{}[\]$]|\([^()'"`\\#<]*\))*\)\)/y;
/** `[[ ... ]]`, likewise. */
export const condition =
  /\[\[(?:[^\n'"`\\#()<$]|<(?!<)|\$\w|\$\{\w+\}|'[^'\n]*'|"(?:[^"\n`\\$]|\$\w|\$\{\w+\})*")*?[ \t]\]\](?=[\s;&|)]|$)/y;
/** `NAME[...]`, likewise. */
export const index =
  /[A-Za-z_]\w*\[(?:[^\s'"`\\$()[\]#;&|<>]|\$\w+|\$\{\w+\}|'[^'\n]*'|"(?:[^"\n`\\$]|\$\w|\$\{\w+\})*")*\]/y;

/** The beginning of a command that does so; the second kind does it to all that follows in the text. */
const commands: readonly (readonly [pattern: RegExp, mayAssign: boolean])[] = [
  [/(?:let|unset|read|mapfile|readarray|getopts)(?=[ \t\\])/y, false],
  [/wait(?=[ \t][^;&|\n]*-p)/y, false],
  [/(?:test|\[)(?=[ \t]([^;&|\n]*[ \t])?-[vR][ \t])/y, false],
  [/printf(?=[ \t]+(?:-v|["']?\{))/y, false],
  [/(?:declare|typeset|local|export|readonly)(?=(?:[ \t]+-[fgprx]+)*[ \t]+[^-+ \t])/y, true],
  [/(?:declare|typeset|local|export|readonly)(?=[ \t])/y, false],
];
const lasting = /(?:declare|typeset|local)(?:[ \t]+[-+]\w+)*[ \t]+-[A-Za-z]*[in]/y;

/** What may stand before the name of a command. */
const commandBegins =
  /(?:^|[;&|({!\n]|(?:^|[\s;&|(])(?:if|then|elif|else|while|until|do|time|command|builtin|[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|[^\s'"])*)[ \t])[ \t]*$/;

/** As much of the text before a word is looked at. */
const nearby = 200;

const isCommand = (text: string, at: number): boolean =>
  commandBegins.test(text.slice(Math.max(0, at - nearby), at).replaceAll('\\\n', ' '));

const matches = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at;
  return pattern.test(text);
};

/** Whether the words of the command that begins here are evaluated. */
export function evaluationAt(text: string, at: number): Evaluation | undefined {
  const found = commands.find(([pattern]) => matches(pattern, text, at));
  if (!found || !isCommand(text, at)) return undefined;
  return { where: `behind ${/\S+/.exec(text.slice(at, at + 20))?.[0]}`, mayAssign: found[1] };
}

/** Whether a variable is declared here whose values are evaluated wherever it gets them. */
export const isLastingEvaluation = (text: string, at: number): boolean =>
  matches(lasting, text, at) && isCommand(text, at);

/** Whether a place is none of the words that are evaluated: it belongs to a redirection, or the value of an assignment. */
export function isMereText({ mayAssign }: Evaluation, word: string, before: string): boolean {
  return /[<>]&?[ \t]*$/.test(before) || (mayAssign && /^[A-Za-z_]\w*=/.test(word));
}
