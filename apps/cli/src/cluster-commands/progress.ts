/** Where progress is shown: a terminal has its last line drawn anew, anything else gets a line for each change. */
interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows how something comes along while somebody waits for it. */
export class Progress {
  readonly #output: ProgressOutput;
  #line = '';
  readonly #told = new Set<string>();

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** `line` is how far it is; each of `remarks` is told once. */
  show(line: string, remarks: readonly string[]): void {
    const fresh = remarks.filter((remark) => !this.#told.has(remark));
    for (const remark of fresh) this.#told.add(remark);
    if (line === this.#line && fresh.length === 0) return;
    this.#clear();
    for (const remark of fresh) this.#output.write(`${remark}\n`);
    if (this.#output.isTTY) this.#output.write(line.slice(0, Math.max(0, (this.#output.columns ?? 80) - 1)));
    else if (line !== this.#line) this.#output.write(`${line}\n`);
    this.#line = line;
  }

  /** Leaves the line as it is, and what follows below it. */
  close(): void {
    if (this.#output.isTTY && this.#line !== '') this.#output.write('\n');
    this.#line = '';
  }

  #clear(): void {
    if (this.#output.isTTY && this.#line !== '') this.#output.write('\r\u001b[K');
  }
}
