import { FormatError } from '@galaxy-mesos/formats';
import type { JoinPart, JoinRequest } from '../merge.ts';

/** A part that knows which one it is. */
export interface NumberedPart extends JoinPart {
  /** Counted from 0. */
  readonly index: number;
}

/** The parts with their numbers. */
export const numbered = ({ parts }: Pick<JoinRequest<unknown>, 'parts'>): readonly NumberedPart[] =>
  parts.map((part, index) => ({ ...part, index }));

/** What messages call a part: its number, counted from 1 as people do, and its label. */
export const nameOfPart = ({ index, label }: NumberedPart): string =>
  label === undefined ? `part ${index + 1}` : `part ${index + 1} (${label})`;

/** What is wrong with the result of a part. */
export const wrongPart = (
  part: NumberedPart,
  text: string,
  place: { readonly line?: number | undefined; readonly offset?: number | undefined } = {},
): FormatError => new FormatError('MALFORMED', `${nameOfPart(part)}: ${text}`, { path: part.path, ...place });

/** The same error with the name of the part in its message, if it is about the part's file. */
export const withPartName = (part: NumberedPart, error: unknown): unknown => {
  if (!(error instanceof FormatError) || (error.path ?? part.path) !== part.path) return error;
  const name = nameOfPart(part);
  if (error.rawMessage.startsWith(name)) return error;
  const { line, offset } = error;
  const place = { path: part.path, line, offset };
  return new FormatError(error.code, `${name}: ${error.rawMessage}`, place, { cause: error });
};

/** Does something with a part, whose name is in the message if that fails. */
export const withPart = async <Result>(
  part: NumberedPart,
  action: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await action();
  } catch (error) {
    throw withPartName(part, error);
  }
};
