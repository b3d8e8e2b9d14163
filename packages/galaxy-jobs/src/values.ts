/** A dataset that is given to a tool. */
export interface Dataset {
  /** Absolute path of the file. */
  readonly path: string;
  /** Galaxy's name of the format, as `fasta`. */
  readonly format: string;
  /** What people call it. */
  readonly name: string;
}

/** The value of one input. Plain data, so that it can be stored. `null` stands for an optional one left out. */
export type ToolValue =
  | { readonly type: 'data'; readonly dataset: Dataset | null }
  /** As the person gave it; it is sanitised where it goes into the command. */
  | { readonly type: 'text' | 'hidden'; readonly value: string }
  | { readonly type: 'integer' | 'float'; readonly value: number | null }
  | {
      readonly type: 'boolean';
      readonly value: boolean;
      readonly truevalue: string;
      readonly falsevalue: string;
    }
  /** An array if several options may be chosen. */
  | { readonly type: 'select'; readonly value: string | readonly string[] | null }
  /** A section, or a conditional with its test and the inputs of the case that applies. */
  | { readonly type: 'group'; readonly members: ToolValues };

/** The values of a tool's inputs by their names, checked and with defaults filled in. */
export interface ToolValues {
  readonly [name: string]: ToolValue;
}
