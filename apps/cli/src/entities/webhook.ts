import { type Entity, reader } from './entity.js';

export interface DeadLetter {
  readonly event: number;
  readonly type: string;
  readonly subject: string;
  readonly at: string;
  readonly given_up: string;
  readonly attempts: number;
  readonly problem: string;
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly state: string;
  readonly reason: string;
  readonly waiting: number;
  readonly dead: number;
  /** When it last took an event; empty: never. */
  readonly taken: string;
  /** The newest of them. */
  readonly deadLetters: readonly DeadLetter[];
  readonly test: { readonly state: 'waiting' | 'taken' | 'refused'; readonly message: string } | null;
}

export function webhookOf(entity: Entity): Webhook {
  const read = reader(entity);
  return {
    id: entity.id,
    url: read.text('agency.webhook.url'),
    events: read.list('agency.webhook.events') as readonly string[],
    state: read.text('agency.webhook.state'),
    reason: read.text('agency.webhook.state.message'),
    waiting: read.number('agency.webhook.waiting') ?? 0,
    dead: read.number('agency.webhook.dead') ?? 0,
    taken: read.text('agency.webhook.taken'),
    deadLetters: read.list('agency.webhook.dead_letters') as readonly DeadLetter[],
    test: read.object('agency.webhook.test') as Webhook['test'],
  };
}
