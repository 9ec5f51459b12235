import type { AgencyClient } from '../client.js';
import { type Agreement, agreementOf } from '../entities/agreement.js';
import type { AgencyEvent } from '../entities/event.js';
import type { WatchState } from '../views/watch-frame.js';

/** Events that are kept to be shown. */
const mostEvents = 100;

/** Agreements in one state that are shown: a terminal has room for few, and each look asks for all of them. */
const mostAgreements = 200;

/** What there is to see of one agreement, or of all; the figures as of the last look. */
export class Observed {
  private agreements: readonly Agreement[] = [];
  private readonly events: AgencyEvent[] = [];
  /** Since when no events come, and since when it cannot be asked. */
  private unheardAt: Date | undefined;
  private unansweredAt: Date | undefined;
  private at: Date | undefined;

  constructor(
    private readonly client: AgencyClient,
    /** Id; undefined: all that have not ended. */
    private readonly agreement: string | undefined,
  ) {}

  get state(): WatchState {
    const { agreements, events, at } = this;
    const lostAt = this.unheardAt ?? this.unansweredAt;
    return { url: this.client.url, agreements, events, lostAt, at };
  }

  /** The one that is watched has ended. */
  get isOver(): boolean {
    return this.agreement !== undefined && this.agreements.some(({ state }) => state === 'terminated');
  }

  hear(event: AgencyEvent): void {
    this.events.push(event);
    if (this.events.length > mostEvents) this.events.shift();
  }

  /** Whether events come. */
  connection(isConnected: boolean): void {
    this.unheardAt = isConnected ? undefined : (this.unheardAt ?? new Date());
  }

  /** It could not be asked how things stand. */
  unanswered(): void {
    this.unansweredAt ??= new Date();
  }

  /** What cannot be read stays as it was seen last. @throws RefusedRequest where the Agency answers, and refuses. */
  async look(): Promise<void> {
    const read =
      this.agreement === undefined
        ? (await Promise.all(living.map((state) => this.inState(state)))).flat()
        : [agreementOf(await this.client.entity('agreement', this.agreement))];
    this.agreements = read;
    this.at = new Date();
    this.unansweredAt = undefined;
  }

  private async inState(state: string): Promise<readonly Agreement[]> {
    return (await this.client.entities('agreement', { 'occi.agreement.state': state }, mostAgreements)).map(agreementOf);
  }
}

const living = ['accepted', 'suspended', 'pending'];
