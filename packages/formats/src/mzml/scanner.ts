import { asBuffer } from '../bytes.ts';
import { HeaderKeeper } from '../header-keeper.ts';
import { TextGuard } from '../lines/text-guard.ts';
import { malformed } from '../malformed.ts';
import { type Frame, noFrame, type RecordScanner, type ScanEnd } from '../record-format.ts';
import { quoteBytes } from '../signatures.ts';
import { headOf, TagReader } from './tag-reader.ts';

const slash = 0x2f;
const letterS = 0x73;
const letterM = 0x6d;

const tagName = /^<(\/?[A-Za-z][\w:.-]*)/;
/** The wrapper of an index, without what it wraps. */
const wrapper = /<indexedmzML\b[^>]*>\s*/;

type State = 'document' | 'mzML' | 'list' | 'spectrum' | 'after' | 'closed';

/** Finds the spectra of an mzML document (HUPO-PSI, 1.1), each with the white space after it. */
export class MzmlScanner implements RecordScanner {
  frame: Frame = noFrame;
  readonly #guard = new TextGuard('mzML');
  readonly #tags = new TagReader((offset, bytes, index) => this.#look(offset, bytes, index));
  #header: HeaderKeeper | undefined = new HeaderKeeper();
  #starts: number[] = [];
  #size = 0;
  #bodyEnd = 0;
  #state: State = 'document';

  push(chunk: Uint8Array): readonly number[] {
    const bytes = asBuffer(chunk);
    this.#guard.push(bytes);
    this.#header?.push(bytes);
    this.#size += bytes.length;
    this.#tags.push(bytes);
    return this.#takeStarts();
  }

  end(): ScanEnd {
    this.#tags.end();
    if (this.#state !== 'closed') {
      const wanted =
        this.#state === 'document' ? '<mzML>' : this.#state === 'mzML' ? '<spectrumList>' : '</mzML>';
      const text = `the file ends without ${wanted}; is it mzML, and complete? Make or fetch it again`;
      throw malformed(text, this.#size);
    }
    return { starts: this.#takeStarts(), bodyEnd: this.#bodyEnd };
  }

  #takeStarts(): number[] {
    const starts = this.#starts;
    this.#starts = [];
    return starts;
  }

  /** Most tags are of what is in a spectrum: their names are not even read. */
  #look(offset: number, bytes: Buffer, index: number): void {
    const letter = bytes[index + 1] === slash ? bytes[index + 2] : bytes[index + 1];
    if (this.#state === 'spectrum' && letter !== letterS && letter !== letterM) return;
    const head = headOf(bytes, index);
    this.#tag(offset, tagName.exec(head)?.[1] ?? '', head);
  }

  #tag(offset: number, name: string, head: string): void {
    if (name === 'spectrum') this.#beginSpectrum(offset, head);
    else if (name === '/spectrum') this.#move('spectrum', 'list', offset, head);
    else if (name === 'spectrumList') this.#move('mzML', 'list', offset, head);
    else if (name === '/spectrumList') this.#endList(offset, head);
    else if (name === '/mzML') this.#move('after', 'closed', offset, head);
    else if (this.#state === 'document') this.#root(offset, name, head);
    else if (this.#state === 'list') throw unexpected(offset, head);
  }

  #root(offset: number, name: string, head: string): void {
    if (name === 'mzML') this.#state = 'mzML';
    else if (name !== 'indexedmzML') throw unexpected(offset, head);
  }

  #beginSpectrum(offset: number, head: string): void {
    this.#move('list', 'spectrum', offset, head);
    this.#closeHeader(offset);
    this.#starts.push(offset);
  }

  #endList(offset: number, head: string): void {
    this.#move('list', 'after', offset, head);
    this.#closeHeader(offset);
    this.#bodyEnd = offset;
  }

  #move(from: State, to: State, offset: number, head: string): void {
    if (this.#state !== from) throw unexpected(offset, head);
    this.#state = to;
  }

  #closeHeader(end: number): void {
    if (this.#header === undefined) return;
    const header = this.#header.take(end).toString('latin1').replace(wrapper, '');
    this.#header = undefined;
    this.frame = {
      header: Buffer.from(header, 'latin1'),
      footer: Buffer.from('</spectrumList></run></mzML>\n'),
    };
  }
}

const unexpected = (offset: number, head: string): Error => {
  const found = quoteBytes(Buffer.from(head.slice(0, 80), 'latin1'));
  const text =
    `found ${found} where mzML does not have it; expected <mzML> with one <spectrumList> of <spectrum> elements, one ` +
    'after the other; is the file mzML, and complete?';
  return malformed(text, offset);
};
