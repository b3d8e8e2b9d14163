import { readFileSync } from 'node:fs';

/** A request to a Pulsar, and what it answered. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** What was recorded, in order. */
export const recordedExchanges = (): readonly Exchange[] =>
  readFileSync(new URL('exchanges.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
