/** A way to join the results of the parts. */
export interface Merge {
  /** The name by which users ask for it. */
  readonly name: string;
  /** One or two sentences. */
  readonly description: string;
  /**
   * Shell text, run where the file `parts.list` lies: paths of the parts' results in order, each ended by a NUL
   * byte. Writes the file `merged`, and fails if a part is missing; what `merged` holds then is of no value.
   */
  readonly command: string;
}
