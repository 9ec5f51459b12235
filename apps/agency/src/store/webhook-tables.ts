import type { Json } from './tables.js';

/** How the last test of a webhook went. */
export interface WebhookTest {
  readonly at: number;
  readonly state: 'waiting' | 'taken' | 'refused';
  readonly message: string;
}

export interface WebhookRow {
  id: string;
  tenant: string;
  cfp: string | null;
  url: string;
  events: Json<readonly string[]>;
  secret: string;
  /** The one before, which signs too until then, ms. */
  secret_before: string | null;
  secret_before_until: number | null;
  /** failing: its last try came to nothing, or something waits for another. disabled: nothing is posted to it. */
  state: 'active' | 'failing' | 'disabled';
  /** Why it is in this state; empty while it is active. */
  reason: string;
  /** In a row, and since when. */
  failures: number;
  failing_since: number | null;
  /** How many deliveries wait for another try. */
  retrying: number;
  /** When it last took something, to about a second. */
  taken_at: number | null;
  test: Json<WebhookTest> | null;
  created_at: number;
}

/** What is still to be posted to a webhook, or could not be. What was taken leaves no row. */
export interface DeliveryRow {
  id: string;
  webhook: string;
  event: number;
  /** The entity that the event is about: within it events go out one after the other. */
  lane: string;
  attempts: number;
  /** The day in which it is tried begins here. */
  queued_at: number;
  next_at: number;
  state: 'waiting' | 'dead';
  /** When it was given up. */
  dead_at: number | null;
  message: string;
}

/** Events up to this number may be gone (events of old are not kept). There is one row. */
export interface HorizonRow {
  id: string;
  event: number;
}
