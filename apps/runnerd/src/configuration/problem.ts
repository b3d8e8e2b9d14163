/** Something wrong with the configuration. */
export interface ConfigurationProblem {
  /** Where: `FILE:LINE:COLUMN`, or a flag. */
  readonly place: string;
  /** Which setting, what was expected, and what is there. */
  readonly text: string;
}

/** One line, for people. */
export const describeProblem = ({ place, text }: ConfigurationProblem): string => `${place}: ${text}`;
