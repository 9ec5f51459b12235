/** `/events`: what happens, as server-sent events (docs/webhooks.md). */
import { AgencyError } from '@cloud-agency/errors';
import { isoTime } from '@cloud-agency/runtime';
import { eventProblem } from '@cloud-agency/sla';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { contentType, negotiate } from './media.js';
import type { FrontRequest } from './message.js';
import { EventParameters, onlyParametersOf } from './query-parameters.js';
import type { AgencyEvent, Following, Known } from '../store/event-feed.js';
import type { FrontPorts } from './ports.js';

/** Idle connections are given a comment so often, ms: proxies close silent ones after a minute or so. */
const heartbeatMs = 15_000;
/** A client that has read nothing for so long, ms, is let go; it takes the stream up again where it was. */
const patienceMs = 60_000;
/** How long a client is asked to wait before it takes up a broken stream again, ms. */
const retryMs = 1_000;

/** What a test of a webhook brings about: nothing that a rule could wait for, so no event of calls. */
const ping = 'webhook.ping';

/** Content-Type of the stream. */
export const eventStream = contentType('text/event-stream');

/** A proxy is to pass on each event as it comes: not to keep it, nor to collect enough of them to compress (nginx goes by the last). */
export const streamHeaders = { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' } as const;

/** @throws AgencyError not-acceptable for a client that cannot read a stream. */
export function assertReadsStream({ headers }: Pick<FrontRequest, 'headers'>): void {
  negotiate(headers.accept, ['text/event-stream']);
}

/** Where a client takes up the stream, and which events it wants. */
export interface Subscription {
  readonly after: number;
  readonly following: Following;
  /** What it cannot be given any more, told first; undefined: nothing. */
  readonly missed: AgencyEvent | undefined;
}

/**
 * What the request asks for: after its Last-Event-ID (0: all there are), else from the time `?since=` or from now on; `?cfp=`, `?agreement=`,
 * `?resource=` and `?types=` narrow it.
 * @throws AgencyError invalid-request, not-acceptable.
 */
export async function subscriptionOf(
  request: FrontRequest,
  { feed, clock }: Pick<FrontPorts, 'feed' | 'clock'>,
): Promise<Subscription> {
  assertReadsStream(request);
  const last = request.headers['last-event-id'];
  if (last !== undefined && !/^\d{1,15}$/.test(String(last))) {
    throw new AgencyError('invalid-request', {
      message: 'Last-Event-ID must be the number of an event that was received here, or 0 for all.',
    });
  }
  const { cfp = null, agreement = null, resource = null, types, since } = onlyParametersOf(EventParameters, request.query);
  const following = { tenant: request.tenant, cfp, agreement, resource, types: types === undefined ? null : typesIn(types) };
  if (last === undefined && since !== undefined)
    return { following, after: await feed.numberBefore(Date.parse(since)), missed: undefined };
  const known = await feed.known();
  return { following, ...takenUp(last === undefined ? undefined : Number(last), known, clock.now()) };
}

/** @throws AgencyError invalid-request for what is no event. */
function typesIn(text: string): readonly string[] {
  const types = text.split(',').map((type) => type.trim());
  const problems = types.flatMap((type) => (type === ping ? [] : (eventProblem(type, { patterns: true }) ?? [])));
  const [first] = problems;
  if (first) throw new AgencyError('invalid-request', { message: `'types': ${first.message} (${first.hint}).` });
  return types;
}

function takenUp(last: number | undefined, { horizon, newest }: Known, now: number): Pick<Subscription, 'after' | 'missed'> {
  if (last === undefined) return { after: newest, missed: undefined };
  if (last > newest) {
    const message = `No event had the number ${last} here; the newest is ${newest}. What happened in between is not known here.`;
    return { after: newest, missed: missed(newest, message, { after: last, until: null }, now) };
  }
  if (last === 0 || last >= horizon) return { after: Math.max(last, horizon), missed: undefined };
  const message = `Events after ${last} up to ${horizon} are not kept any more. Look at the entities for how things are now.`;
  return { after: horizon, missed: missed(horizon, message, { after: last, until: horizon }, now) };
}

const missed = (id: number, message: string, data: object, now: number): AgencyEvent => ({
  id,
  type: 'events.missed',
  at: isoTime(now),
  subject: '/events',
  cfp: null,
  agreement: null,
  message,
  data,
});

/** Writes the events until the client or `signal` ends it; waits when the client reads slower than things happen, but not for ever. */
export async function stream(
  { after, following, missed: gap }: Subscription,
  response: ServerResponse,
  signal: AbortSignal,
  { feed, clock }: Pick<FrontPorts, 'feed' | 'clock'>,
): Promise<void> {
  const events = feed.since(after, following, signal);
  // The number alone is no event, but a client that loses the connection now knows where to take it up.
  const mark = (): string => `id: ${events.position()}\n\n`;
  const endHeartbeat = clock.every(heartbeatMs, () => {
    if (!response.writableNeedDrain) response.write(`: still here\n${mark()}`);
  });
  response.write(`: connected\nretry: ${retryMs}\n${gap ? frame(gap) : mark()}`);
  try {
    for await (const event of events) if (!response.write(frame(event))) await drained(response, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    endHeartbeat();
    response.end();
  }
}

/** Ends the connection of a client that does not read on. */
async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const late = setTimeout(() => response.destroy(), patienceMs);
  try {
    await once(response, 'drain', { signal });
  } finally {
    clearTimeout(late);
  }
}

/** An event is written for many, and put into words once. */
const frames = new WeakMap<AgencyEvent, string>();

function frame(event: AgencyEvent): string {
  const known = frames.get(event);
  if (known !== undefined) return known;
  const made = `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  frames.set(event, made);
  return made;
}
