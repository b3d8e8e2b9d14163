/** How results of BLAST stand in one kind of XML. */
export interface BlastDocument {
  /** What begins the first result: all before it is the header. */
  readonly item: string;
  /** What ends the last result: it and all behind it is the footer. */
  readonly footer: string;
  /** Tags whose content counts iterations, from 1 in each file. */
  readonly numbers: readonly string[];
  /** Tags whose content is `Query_` and a number, from 1 in each file, unless queries have IDs of their own. */
  readonly queries: readonly string[];
  /** What stands between two results. */
  readonly between: string;
  /** Lines of the header that tell of the first query, and differ in each part. */
  readonly ownLines: RegExp;
}

/** -outfmt 5. */
export const blastXmlDocument: BlastDocument = {
  item: '<Iteration>',
  footer: '</BlastOutput_iterations>',
  numbers: ['Iteration_iter-num'],
  queries: ['Iteration_query-ID'],
  between: '',
  ownLines: /^\s*<BlastOutput_query-/,
};

/** -outfmt 16. */
export const blastXml2Document: BlastDocument = {
  item: '<BlastOutput2>',
  footer: '</BlastXML2>',
  numbers: [],
  queries: ['query-id'],
  between: '\n',
  ownLines: /^\s*$/,
};
