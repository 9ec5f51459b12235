/** `/events`: what happens, as server-sent events. */
import { AgencyError } from '@cloud-agency/errors';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FrontRequest } from './message.js';
import { EventParameters, parametersOf } from './query-parameters.js';
import type { AgencyEvent } from '../store/event-feed.js';
import type { FrontPorts } from './ports.js';

/** Idle connections are given a comment so often, ms: proxies close silent ones after a minute or so. */
const heartbeatMs = 15_000;

/** Content-Type of the stream. */
export const eventStream = 'text/event-stream; charset=utf-8';

/** Where a client takes up the stream, and which events it wants. */
export interface Subscription {
  readonly after: number;
  readonly cfp: string | null;
  readonly agreement: string | null;
}

/**
 * What the request asks for: after its Last-Event-ID (0: all there are), else from now on; `?cfp=` and `?agreement=` narrow it.
 * @throws AgencyError invalid-request.
 */
export async function subscriptionOf(request: FrontRequest, { feed }: Pick<FrontPorts, 'feed'>): Promise<Subscription> {
  const last = request.headers['last-event-id'];
  if (last !== undefined && !/^\d{1,15}$/.test(String(last))) {
    throw new AgencyError('invalid-request', {
      message: 'Last-Event-ID must be the number of an event that was received here, or 0 for all.',
    });
  }
  const { cfp = null, agreement = null } = parametersOf(EventParameters, request.query);
  return { after: last === undefined ? await feed.newest() : Number(last), cfp, agreement };
}

/** Writes the events until the client or `signal` ends it; waits whenever the client reads slower than things happen. */
export async function stream(
  subscription: Subscription,
  tenant: string,
  response: ServerResponse,
  signal: AbortSignal,
  { feed, clock }: Pick<FrontPorts, 'feed' | 'clock'>,
): Promise<void> {
  const endHeartbeat = clock.every(heartbeatMs, () => response.write(': still here\n\n'));
  response.write(': connected\n\n');
  try {
    for await (const event of feed.since(subscription.after, tenant, signal)) {
      if (wanted(event, subscription) && !response.write(frame(event))) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    endHeartbeat();
    response.end();
  }
}

const wanted = (event: AgencyEvent, { cfp, agreement }: Subscription): boolean =>
  (cfp === null || event.cfp === cfp) && (agreement === null || event.agreement === agreement);

const frame = (event: AgencyEvent): string => `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
