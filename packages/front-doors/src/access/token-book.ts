import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal } from './principal.ts';

/** A token of the configuration. */
export interface AccessToken extends Principal {
  readonly token: string;
}

interface Entry {
  readonly digest: Buffer;
  readonly principal: Principal;
}

// Digests have one length, which `timingSafeEqual` demands, and which tells nothing of the token's.
const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Tells whose token it is, or that it is nobody's. Every answer takes the same time: each token is compared, and each
 * comparison looks at every byte.
 */
export class TokenBook {
  #entries: readonly Entry[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(tokens: readonly AccessToken[]) {
    this.replace(tokens);
  }

  /** Without tokens everybody may come in. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Takes other tokens, as when the configuration is read again; of two equal ones the first counts. */
  replace(tokens: readonly AccessToken[]): void {
    this.#entries = tokens.map(({ token, name, isAdmin }) => ({
      digest: digestOf(token),
      principal: { name, isAdmin },
    }));
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls the listener each time other tokens are taken, until the answer is called. */
  onReplace(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  holderOf(token: string): Principal | undefined {
    const given = digestOf(token);
    let found: Principal | undefined;
    for (const { digest, principal } of this.#entries) {
      const isSame = timingSafeEqual(digest, given);
      found = isSame && !found ? principal : found;
    }
    return found;
  }
}
