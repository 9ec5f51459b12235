import type { RunningApp } from '@cloud-agency/runtime';
import type { Intake } from '../brokerage/intake.js';
import { CallDesk } from '../calls/call-desk.js';
import type { Negotiator } from '../calls/negotiator.js';
import { Stewardship } from '../calls/stewardship.js';
import { startFront } from '../front/start-front.js';
import { readTemplates } from '../negotiation/agreement-templates.js';
import { Policies } from '../negotiation/policies.js';
import { RenegotiationDesk } from '../renegotiation/desk.js';
import { EventFeed } from '../store/event-feed.js';
import { openIngest } from './agents.js';
import { Destinations } from '../webhooks/destinations.js';
import { WebhookDesk } from '../webhooks/webhook-desk.js';
import { exposeFigures } from '../telemetry/exposing.js';
import type { Ground } from './ground.js';

/** Serves clients over HTTP. What they ask for is on disk when they are answered; others see to it from there. */
export async function startFrontRole(ground: Ground, negotiator: Negotiator, intake: Intake): Promise<RunningApp> {
  const { context, connection, store, registry, mediator, quotas, assessments, figures } = ground;
  const policies = new Policies(store.tables);
  const templates = readTemplates(new URL('../../../../data/wsag/templates/', import.meta.url));
  const renegotiations = new RenegotiationDesk(store, context.ids, policies, quotas);
  const { ingest, door } = openIngest(ground);
  await door.openIfWanted();
  const destinations = new Destinations(context.settings);
  const front = await startFront(context, {
    store,
    registry,
    negotiator,
    assessments,
    figures,
    connection,
    mediator,
    policies,
    intake,
    quotas,
    templates,
    ingest,
    desk: new CallDesk(store, context.ids, policies, quotas, templates, renegotiations, door, destinations),
    stewardship: new Stewardship(store),
    renegotiations,
    webhooks: new WebhookDesk(store, context.ids, destinations),
    feed: new EventFeed(store),
  });
  const conceal = exposeFigures({ tables: store.tables, assessments, figures, clock: context.clock, log: context.log });
  return {
    async stop() {
      conceal();
      await front.close();
      await door.close();
    },
  };
}
