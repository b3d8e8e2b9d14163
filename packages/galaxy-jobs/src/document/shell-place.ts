/**
 * Where a placeholder stands in a text for the shell:
 *
 * - `bare`: outside of quotes.
 * - `single`, `double`: between quotes with nothing but plain words beside it.
 * - `program`: between quotes with more than that, which may be a program for something else to read: text that is
 *   right for the shell could still be commands to whatever reads it next (`sh -c`, awk, ssh).
 * - `obscure`: where quotes mean other things, or it cannot be told what they mean.
 * - `evaluated`: where bash would run commands in a text, however it is quoted.
 * - `forbidden`: where it would not be replaced, or not be a value, whatever stands for it.
 */
export type Surroundings = 'bare' | 'single' | 'double' | 'program' | 'obscure' | 'evaluated' | 'forbidden';

/** A placeholder in a text for the shell. */
export interface Place {
  readonly from: number;
  /** Behind its last brace. */
  readonly to: number;
  readonly name: string;
  /** `{{NAME}}`, which stands for the text `{NAME}`. */
  readonly isEscaped: boolean;
  readonly within: Surroundings;
  /** Of those that are obscure, evaluated or forbidden: words for a person. */
  readonly where?: string;
}
