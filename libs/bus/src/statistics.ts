/** What the Agency learns of vendors from those who see it. */
import { type Static, Type } from '@sinclair/typebox';
import { Id, Instant, nullable, storedEnvelope } from './fields.js';

/** How long machines were watched, and for how long of that they did not answer, by days (UTC); of each day the whole until `asOf`, so the latest replaces all before it. */
export const UptimeMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('uptime'),
  days: Type.Array(
    Type.Object({
      placement: Id,
      day: Instant,
      /** ms */
      watched: Type.Number({ minimum: 0 }),
      down: Type.Number({ minimum: 0 }),
      asOf: Instant,
    }),
    { maxItems: 500 },
  ),
});
export type UptimeMessage = Static<typeof UptimeMessage>;

/** List prices that have changed, by the agent that sells at them. USD an hour; `price` null: not sold there any more. */
export const PricesMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('prices'),
  agent: Id,
  vendor: Id,
  at: Instant,
  changes: Type.Array(
    Type.Object({
      region: Id,
      instanceType: Id,
      market: Type.Union([Type.Literal('on-demand'), Type.Literal('spot')]),
      /** ms; absent: none. */
      commitment: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
      was: Type.Number({ minimum: 0 }),
      price: nullable(Type.Number({ minimum: 0 })),
    }),
    { maxItems: 1_000 },
  ),
});
export type PricesMessage = Static<typeof PricesMessage>;
