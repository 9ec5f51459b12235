import type { Clock, Ids } from '@cloud-agency/runtime';
import { digest } from '../../cloud/digest.js';

const lifetimeMs = 3_600_000;

export interface Token {
  readonly id: string;
  readonly cloud: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Keystone's tokens. They live in memory: after a restart clients have to authenticate again. */
export class Tokens {
  private readonly tokens = new Map<string, Token>();

  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  issue(cloud: string): Token {
    const issuedAt = this.clock.now();
    for (const token of this.tokens.values()) if (token.expiresAt <= issuedAt) this.tokens.delete(token.id);
    const token = { id: `gAAAAA${digest(this.ids.next(), 58)}`, cloud, issuedAt, expiresAt: issuedAt + lifetimeMs };
    this.tokens.set(token.id, token);
    return token;
  }

  isValid(id: string, cloud: string): boolean {
    const token = this.tokens.get(id);
    return token?.cloud === cloud && token.expiresAt > this.clock.now();
  }

  /** Ends all of them, as an operator's change of keys does. */
  expireAll(): void {
    this.tokens.clear();
  }
}
