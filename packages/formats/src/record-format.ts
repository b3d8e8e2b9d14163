/**
 * What stands around the records of each part that is cut out of a file, so that the part is a file of the format. A
 * footer must be known before the file's end is read, and an index at the end holds for the whole file only: what
 * precedes the first record and follows the last in the file itself may therefore be other bytes.
 */
export interface Frame {
  /** Precedes the records: columns, declarations. Empty where a format has none, or the file has none. */
  readonly header: Uint8Array;
  /** Follows the records: the end of a block or of a document. */
  readonly footer: Uint8Array;
}

/** The frame of a file whose records stand alone. */
export const noFrame: Frame = { header: new Uint8Array(0), footer: new Uint8Array(0) };

/** What a scanner says at the end of a file. */
export interface ScanEnd {
  /** Records that turn out to begin only now that nothing follows. */
  readonly starts: readonly number[];
  /** Where the last record ends and what follows it begins, in bytes from the beginning: the size, if nothing follows. */
  readonly bodyEnd: number;
}

/**
 * Finds the records of one file in chunks of any size. A record reaches to the beginning of the next, and the last
 * one to {@link ScanEnd.bodyEnd}. Memory does not grow with the file, nor with the length of a line or a record.
 *
 * What precedes the first record belongs to it where the frame's header is empty; else it is the header, and a part
 * of the file is the header, records, and the footer.
 *
 * Both methods throw a `FormatError` `MALFORMED` with the offset and without a path, if the content is not of the
 * format: whatever is wrong, nothing is passed over in silence.
 */
export interface RecordScanner {
  /**
   * The offsets, in bytes from the beginning of the file, at which records begin as far as these bytes tell; in rising
   * order over all calls. A scanner that needs to see more before it knows tells of a start later. The memory of the
   * chunk may be used for others afterwards.
   */
  push(chunk: Uint8Array): readonly number[];
  /** Says that no more bytes come. */
  end(): ScanEnd;
  /** Holds from the first start on that was told, and after {@link end}. */
  readonly frame: Frame;
}

/** A format whose files are sequences of records that can be told apart without reading anything else. */
export interface RecordFormat {
  /** The name by which users ask for it, in lower case; Galaxy's name of the datatype where it has one. */
  readonly name: string;
  /** One sentence: what a record is. */
  readonly description: string;
  /** Without the leading dot, in lower case, and without those of compression. */
  readonly fileExtensions: readonly string[];
  /** The names of Galaxy's datatypes that have its records, without those of compression. */
  readonly galaxyDatatypes: readonly string[];
  /** Begins to read a file of this format. */
  scanner(): RecordScanner;
}
