import type { Clock, Ids } from '@cloud-agency/runtime';
import { digest } from './digest.js';

const lifetimeMs = 3_600_000;

export interface Session {
  readonly id: string;
  readonly cloud: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What clouds give to clients who have proved who they are: tokens. They live in memory: after a restart clients have to prove it again. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** @param prefix what tokens of the protocol begin with. */
  issue(cloud: string, prefix = ''): Session {
    const issuedAt = this.clock.now();
    for (const session of this.sessions.values()) if (session.expiresAt <= issuedAt) this.sessions.delete(session.id);
    const session = { id: `${prefix}${digest(this.ids.next(), 58)}`, cloud, issuedAt, expiresAt: issuedAt + lifetimeMs };
    this.sessions.set(session.id, session);
    return session;
  }

  isValid(id: string, cloud: string): boolean {
    const session = this.sessions.get(id);
    return session?.cloud === cloud && session.expiresAt > this.clock.now();
  }

  /** A client says that it is done. */
  end(id: string): void {
    this.sessions.delete(id);
  }

  /** Ends all of them, as an operator's change of keys does. */
  expireAll(): void {
    this.sessions.clear();
  }
}
