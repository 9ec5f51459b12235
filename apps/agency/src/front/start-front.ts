import { askHistory } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import { standardRegistry } from '@cloud-agency/occi';
import { type AppContext, monitoringOf } from '@cloud-agency/runtime';
import { type AgreementTemplates, portableImages } from '@cloud-agency/sla';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Assessments } from '../agreements/assessments.js';
import type { Stewardship } from '../calls/stewardship.js';
import { AssetDesk } from '../assets/asset-desk.js';
import { LinkDesk } from '../assets/link-desk.js';
import { ComputeOrders } from '../brokerage/compute-orders.js';
import { ComputeDesk } from '../brokerage/compute-desk.js';
import type { Intake } from '../brokerage/intake.js';
import type { Policies } from '../negotiation/policies.js';
import { Resizing } from '../brokerage/resizing.js';
import type { CallDesk } from '../calls/call-desk.js';
import type { Negotiator } from '../calls/negotiator.js';
import type { Ingest } from '../ingest/ingest.js';
import type { CallsOut } from '../mediation/calls-out.js';
import type { VendorRegistry } from '../mediation/registry.js';
import { Collectors } from '../sensors/collectors.js';
import type { LatestFigures } from '../sensors/figures.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { Sensors } from '../sensors/sensors.js';
import { daysOverNats } from '../reports/daily-figures.js';
import { measuresOverNats } from '../reports/month-measures.js';
import { MonthReports } from '../reports/month-reports.js';
import type { RenegotiationDesk } from '../renegotiation/desk.js';
import { priceHistory } from '../statistics/prices.js';
import { statistics } from '../statistics/statistics.js';
import type { AgencyStore } from '../store/agency-store.js';
import type { EventFeed } from '../store/event-feed.js';
import { admission } from '../tenants/admission.js';
import { Tags } from '../tags/tags.js';
import type { WebhookDesk } from '../webhooks/webhook-desk.js';
import { openFront, type OpenFront } from './open-front.js';
import type { Measured } from './measured.js';
import type { Readiness } from './ports.js';
import { AgreementSource } from './sources/agreements.js';
import { AssetSource } from './sources/assets.js';
import { AttachmentSource } from './sources/attachments.js';
import { CfpSource } from './sources/calls.js';
import { CollectorSource } from './sources/collectors.js';
import { ComputeSource } from './sources/computes.js';
import { agreementLinks, messageLinks, proposalLinks, renegotiationLinks, violationLinks } from './sources/links.js';
import { MessageSource } from './sources/messages.js';
import { PolicySource } from './sources/policies.js';
import { ProposalSource } from './sources/proposals.js';
import { RenegotiationSource } from './sources/renegotiations.js';
import { SensorSource } from './sources/sensors.js';
import { VendorSource } from './sources/vendors.js';
import { ViolationSource } from './sources/violations.js';
import { WebhookSource } from './sources/webhooks.js';

export interface Rooms {
  readonly store: AgencyStore;
  readonly registry: VendorRegistry;
  readonly negotiator: Negotiator;
  readonly assessments: Assessments;
  readonly figures: LatestFigures;
  readonly connection: NatsConnection;
  readonly desk: CallDesk;
  readonly stewardship: Stewardship;
  readonly renegotiations: RenegotiationDesk;
  readonly webhooks: WebhookDesk;
  readonly feed: EventFeed;
  readonly mediator: CallsOut;
  readonly policies: Policies;
  readonly quotas: TenantQuotas;
  readonly intake: Intake;
  readonly ingest: Ingest;
  readonly templates: AgreementTemplates;
}

export const version = '0.1.0';

/** Opens the front onto the agency's rooms. @throws AgencyError port-in-use. */
export async function startFront(context: AppContext, rooms: Rooms): Promise<OpenFront> {
  const { store, stewardship } = rooms;
  const proposals = new ProposalSource(store, rooms.desk);
  const tags = new Tags(store.tables, context.clock);
  const { policies, intake, registry: vendors } = rooms;
  const { ids, clock } = context;
  const categories = standardRegistry(portableImages);
  const resizing = new Resizing(store, rooms.mediator, categories, policies, rooms.quotas, context);
  const collectors = new Collectors(store, ids, categories);
  const computeOrders = new ComputeOrders({ store, ids, clock, vendors, policies, intake, collectors });
  const links = new LinkDesk({ store, ids, abilitiesOf: (agent) => vendors.abilitiesOf(agent) });
  const assets = new AssetDesk(store, ids, clock);
  const computeDesk = new ComputeDesk({
    store,
    ids,
    vendors,
    resizing,
    links,
    collectors,
    templatesChanged: (tenant) => {
      tags.changed(tenant);
    },
  });
  const computes = new ComputeSource(store, { stewardship, orders: computeOrders, desk: computeDesk, vendors });
  const violations = new ViolationSource(store);
  const messages = new MessageSource(store);
  const reports = new MonthReports(
    store.tables,
    rooms.assessments,
    daysOverNats(rooms.connection),
    measuresOverNats(rooms.connection),
    clock,
  );
  const renegotiations = new RenegotiationSource(store, rooms.renegotiations);
  return await openFront({
    host: context.settings.host,
    port: context.settings.port,
    version,
    clock: context.clock,
    ids: context.ids,
    log: context.log,
    images: portableImages,
    templates: rooms.templates,
    lowerCaseNames: context.settings.lowerCaseNames ?? false,
    admission: admission(context.settings, context.clock),
    tags,
    desk: rooms.desk,
    ingest: rooms.ingest,
    feed: rooms.feed,
    readiness: readinessOf(context, rooms),
    measured: measuredOf(context, rooms),
    writes: store.writes,
    sources: [
      new CfpSource(store, rooms.desk, rooms.negotiator),
      proposals,
      new AgreementSource(store, stewardship, rooms.renegotiations, rooms.assessments, rooms.templates, reports),
      computes,
      new AssetSource('storage', store, assets),
      new AssetSource('network', store, assets),
      new AttachmentSource('storagelink', store, links),
      new AttachmentSource('networkinterface', store, links),
      new VendorSource(rooms.registry, context.clock),
      violations,
      messages,
      renegotiations,
      new WebhookSource(store, rooms.webhooks),
      new SensorSource(store, new Sensors(store, ids), rooms.figures, clock),
      new CollectorSource(store, collectors, rooms.figures),
      new PolicySource(store, context.ids),
      agreementLinks(computes),
      proposalLinks(proposals),
      messageLinks(messages),
      violationLinks(violations),
      renegotiationLinks(renegotiations),
    ],
  });
}

function measuredOf({ settings, clock }: AppContext, { store, connection }: Rooms): Measured {
  const { over } = monitoringOf(settings.config.monitoring).statistics;
  return {
    async history(request, tenant) {
      const found = await store.tables
        .selectFrom('resource')
        .select('id')
        .where('id', '=', request.resource)
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      if (found) return await askHistory(connection, request);
      const hint = 'GET /compute/ lists those that you have.';
      throw new AgencyError('not-found', { what: `A resource ${request.resource}`, hint });
    },
    statistics: (query) => statistics(store.tables, query, { over, now: clock.now() }),
    prices: (query) => priceHistory(store.tables, query, { over, now: clock.now() }),
  };
}

/** Ready: the bus is up, and each vendor agent of this Agency's own accounts has announced itself, loaded or degraded (ARCHITECTURE.md). */
function readinessOf(context: AppContext, { registry, connection }: Rooms): Readiness {
  return {
    check() {
      const known = new Map(registry.all().map((agent) => [agent.announcement.agent, agent]));
      const bus = connection.isClosed() ? 'closed' : 'connected';
      const stateOf = (name: string): string => {
        const agent = known.get(name);
        if (!agent?.heard) return 'not announced yet';
        return agent.state === 'alive' && agent.announcement.offersAsOf === null ? 'loading its offers' : agent.state;
      };
      const agents = context.settings.config.accounts.map(({ name }) => [`agent ${name}`, stateOf(name)] as const);
      const ready = bus === 'connected' && agents.every(([, state]) => state === 'alive' || state === 'degraded');
      return Promise.resolve({ ready, parts: { front: 'open', bus, ...Object.fromEntries(agents) } });
    },
  };
}
