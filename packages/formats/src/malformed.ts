import { FormatError } from './format-error.ts';

/** The error of content that is not of its format, at this many bytes from the beginning of the file. */
export const malformed = (text: string, offset: number): FormatError =>
  new FormatError('MALFORMED', text, { offset });
