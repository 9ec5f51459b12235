import type { Clock, Log } from '@cloud-agency/runtime';
import type { AgentStart } from './agent-start.js';
import { newKey, requestFor } from './identity.js';
import { send, type Sent } from './wire.js';

/** What an agent keeps on its machine's disk. */
export interface Kept {
  readonly key: string;
  readonly certificate?: string;
}

export interface StandInParts {
  readonly start: AgentStart;
  /** Of the machine, at this moment: where it sends from. */
  readonly address: () => string;
  readonly kept: Kept | undefined;
  readonly keep: (kept: Kept) => void;
  /** What its machine is at, as OpenMetrics text; with what it computes where that is still to be told. */
  readonly look: (power: boolean) => string;
  readonly clock: Clock;
  readonly log: Log;
}

const tryAgainMs = 1_000;

/**
 * The agent of a simulated machine, which has no processes of its own: it speaks the agent's protocol from the machine's address, and tells what
 * the testbed makes up of the machine (docs/resource-agent.md).
 */
export class StandIn {
  private readonly ended = new AbortController();
  private callOff = (): void => undefined;
  private kept: Kept;
  private renewAt = 0;
  private powerTold = false;

  constructor(private readonly parts: StandInParts) {
    this.kept = parts.kept ?? { key: newKey() };
    parts.keep(this.kept);
    this.next(0);
  }

  stop(): void {
    this.ended.abort();
    this.callOff();
  }

  private next(ms: number): void {
    if (this.ended.signal.aborted) return;
    this.callOff = this.parts.clock.after(ms, () => void this.go());
  }

  private async go(): Promise<void> {
    try {
      this.next(await this.step());
    } catch (error) {
      // An Agency that is away comes back.
      this.parts.log.debug({ err: error }, 'The agent of a simulated machine could not reach the Agency');
      this.next(tryAgainMs);
    }
  }

  /** Resolves to how long it has nothing to do, ms. */
  private async step(): Promise<number> {
    const { start, look, clock } = this.parts;
    if (clock.now() >= this.renewAt) return await this.certify();
    const { status, body } = await this.ask('/v1/openmetrics', 'text/plain; version=0.0.4', look(!this.powerTold));
    this.powerTold ||= status === 200 && !body.includes('refused');
    return start.every;
  }

  private async certify(): Promise<number> {
    const { start, keep, clock, log } = this.parts;
    const request = await requestFor(this.kept.key, start.placement);
    const path = this.kept.certificate === undefined ? '/enrol' : '/renew';
    const { status, body, headers } = await this.ask(path, 'application/pkcs10', request);
    if (status === 200) {
      this.kept = { ...this.kept, certificate: body };
      keep(this.kept);
      this.renewAt = clock.now() + Number(headers['renew-after'] ?? '60') * 1000;
      return Math.min(start.every, tryAgainMs);
    }
    if (status !== 400 && status !== 403) return tryAgainMs;
    log.info({ placement: start.placement, answer: body.trim() }, 'The agent of a simulated machine was refused');
    return start.every;
  }

  private async ask(path: string, type: string, body: string): Promise<Sent> {
    const { start, address } = this.parts;
    const { key, certificate } = this.kept;
    const shown = certificate === undefined ? {} : { key, cert: certificate };
    const token = path === '/enrol' ? { authorization: `Bearer ${start.token}` } : {};
    return await send(`${start.url}${path}`, {
      ...{ headers: { 'content-type': type, ...token }, body, signal: this.ended.signal },
      tls: { ca: start.authority, ...shown, localAddress: address() },
    });
  }
}
