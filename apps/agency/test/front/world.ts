import type { History, HistoryRequest } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import {
  agreementId,
  brokeredId,
  cfpId,
  computeId,
  type Entity,
  type EntityChange,
  type EntityDraft,
  proposalId,
  webhookId,
} from '@cloud-agency/occi';
import { createLog, systemClock } from '@cloud-agency/runtime';
import { parseCall } from '@cloud-agency/sla';
import { openDatabase } from '@cloud-agency/store';
import axios, { type AxiosInstance } from 'axios';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readTemplates } from '../../src/negotiation/agreement-templates.js';
import type { DocumentSource, EntityQuery, EntitySource } from '../../src/front/entity-source.js';
import { openFront, type OpenFront } from '../../src/front/open-front.js';
import { withSecrets } from '../../src/front/call-intake.js';
import type { CallDesk, EventFeed, FrontPorts } from '../../src/front/ports.js';
import { documentOf } from '../../src/front/sources/call-document.js';
import { callAs, callTypes } from '../../src/front/sources/call-as.js';
import type { AgencyEvent, Followed, Following, Known } from '../../src/store/event-feed.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import type { AgencyTables } from '../../src/store/tables.js';
import { soleTenant } from '../../src/tenants/admission.js';
import { Tags } from '../../src/tags/tags.js';

const actionScheme = 'http://schemas.cloud-agency.dev/occi/agency/proposal/action#';
const computeScheme = 'http://schemas.ogf.org/occi/infrastructure/compute/action#';
const plain = { mixins: [], actions: [], links: [] };

/** Entities in memory, paged as a database would. */
export class MemorySource implements EntitySource {
  readonly asked: EntityQuery[] = [];
  private readonly entities: Map<string, Entity>;

  constructor(
    readonly kind: string,
    entities: readonly Entity[],
  ) {
    this.entities = new Map(entities.map((entity) => [entity.id, entity]));
  }

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    this.asked.push(query);
    const all = [...this.entities.values()];
    const { page } = query;
    return await Promise.resolve(page ? all.slice((page.number - 1) * page.size, page.number * page.size) : all);
  }

  async get(id: string): Promise<Entity | undefined> {
    if (id === 'broken') throw new Error('secret detail of a defect');
    return await Promise.resolve(this.entities.get(id));
  }

  put(entity: Entity): void {
    this.entities.set(entity.id, entity);
  }

  delete(id: string): void {
    this.entities.delete(id);
  }
}

class RemovableSource extends MemorySource {
  async remove(id: string): Promise<void> {
    this.delete(id);
    await Promise.resolve();
  }
}

/** Calls, as a desk takes them, given back as the documents they came as. */
class CallSource extends RemovableSource {
  desk: CallDesk | undefined;
  private readonly rows = new Map<string, string>();

  keep(id: string, document: string): void {
    this.put({ ...cfp, id });
    this.rows.set(id, document);
  }

  async create(draft: EntityDraft, tenant: string): Promise<Entity> {
    const { id, webhookSecrets } = (await this.desk?.submit(documentOf(draft), tenant)) ?? { id: '', webhookSecrets: [] };
    return withSecrets((await this.get(id)) as Entity, webhookSecrets);
  }

  readonly documents: DocumentSource = {
    types: callTypes,
    of: async (id, wanted) => {
      const document = this.rows.get(id);
      const type = callTypes.find((known) => known === wanted);
      const given =
        document !== undefined && type !== undefined
          ? callAs(type, { id, document, call: JSON.stringify(parseCall(document).call), created_at: 0 })
          : undefined;
      return await Promise.resolve(given);
    },
  };
}

/** Proposals: accept works while proposed. */
class ProposalSource extends MemorySource {
  async act(id: string, action: string): Promise<Entity> {
    const entity = await this.get(id);
    if (!entity || entity.attributes['agency.proposal.state'] !== 'proposed') {
      throw new AgencyError('conflict', { message: `Proposal ${id} is no longer proposed.` });
    }
    const after = { ...entity, actions: [], attributes: { ...entity.attributes, 'agency.proposal.state': `${action}ed` } };
    this.put(after);
    return after;
  }
}

class ComputeSource extends RemovableSource {
  readonly calls: { action: string; attributes: object }[] = [];

  async act(id: string, action: string, attributes: object): Promise<Entity> {
    this.calls.push({ action, attributes });
    const entity = await this.get(id);
    if (!entity) throw new AgencyError('not-found', { what: id, hint: '' });
    return entity;
  }
}

/** Webhooks: what a client can create and change. */
class WebhookSource extends RemovableSource {
  private created = 0;

  async create(draft: EntityDraft): Promise<Entity> {
    this.created += 1;
    const entity = {
      ...plain,
      kind: webhookId,
      id: `w${String(this.created)}`,
      attributes: { ...draft.attributes, 'agency.webhook.state': 'active' },
    };
    this.put(entity);
    return await Promise.resolve(entity);
  }

  async update(id: string, { attributes }: EntityChange): Promise<void> {
    const entity = await this.get(id);
    if (entity) this.put({ ...entity, attributes: { ...entity.attributes, ...attributes } });
  }

  async replace(id: string, { attributes }: EntityChange): Promise<void> {
    const entity = await this.get(id);
    if (entity) this.put({ ...entity, attributes: { ...attributes, 'agency.webhook.state': 'active' } });
  }
}

/** Events that a test pushes. */
export class MemoryFeed implements EventFeed {
  streams = 0;
  private readonly events: AgencyEvent[] = [];
  private wake: (() => void)[] = [];

  push(event: Pick<AgencyEvent, 'type' | 'cfp' | 'agreement'>): void {
    const id = this.events.length + 1;
    this.events.push({
      id,
      at: '2026-01-01T00:00:00.000Z',
      subject: `/cfp/${event.cfp ?? ''}`,
      message: event.type,
      data: {},
      ...event,
    });
    this.ring();
  }

  /** Events up to this number are not kept any more. */
  horizon = 0;

  async known(): Promise<Known> {
    return await Promise.resolve({ horizon: this.horizon, newest: this.events.length });
  }

  async numberBefore(): Promise<number> {
    return await Promise.resolve(0);
  }

  since(id: number, following: Following, signal: AbortSignal): Followed {
    const events = this.eventsAfter(id, following, signal);
    return { [Symbol.asyncIterator]: () => events, position: () => id };
  }

  private async *eventsAfter(id: number, following: Following, signal: AbortSignal): AsyncGenerator<AgencyEvent> {
    this.streams += 1;
    const ring = (): void => {
      this.ring();
    };
    signal.addEventListener('abort', ring);
    for (let next = id; !signal.aborted;) {
      const event = this.events[next];
      if (event) {
        next += 1;
        const isIt = (name: 'cfp' | 'agreement'): boolean => following[name] === null || following[name] === event[name];
        if (isIt('cfp') && isIt('agreement')) yield event;
      } else await new Promise<void>((resolve) => this.wake.push(resolve));
    }
    this.streams -= 1;
  }

  private ring(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}

export const compute = (id: string, attributes: Entity['attributes'] = {}): Entity => ({
  kind: computeId,
  id,
  title: `machine ${id}`,
  mixins: [brokeredId],
  attributes: { 'occi.compute.cores': 2, 'occi.compute.state': 'active', 'agency.vendor': 'aws', ...attributes },
  actions: [`${computeScheme}stop`],
  links: [
    {
      target: '/agreement/a1',
      rel: agreementId,
      self: `/agreement_link/${id}`,
      categories: ['http://schemas.ogf.org/occi/sla#agreement_link'],
      attributes: {},
    },
  ],
});

const cfp: Entity = {
  ...plain,
  kind: cfpId,
  id: 'shop',
  title: 'shop – “ü”',
  attributes: {
    'agency.cfp.state': 'proposed',
    'agency.cfp.document': { name: 'shop' },
    'agency.cfp.explanation': { why: ['cheapest'] },
  },
};
const proposal = (id: string): Entity => ({
  ...plain,
  kind: proposalId,
  id,
  attributes: { 'agency.proposal.state': 'proposed', 'agency.proposal.explanation': { rank: 1 } },
  actions: [`${actionScheme}accept`, `${actionScheme}reject`],
});

export interface World {
  readonly front: OpenFront;
  readonly http: AxiosInstance;
  readonly computes: ComputeSource;
  readonly feed: MemoryFeed;
  readonly submitted: string[];
  readonly ports: FrontPorts;
  ready: boolean;
}

/** `different`: what is not as in the usual rooms. */
export async function openWorld(different: Partial<FrontPorts> = {}): Promise<World> {
  const computes = new ComputeSource(
    computeId,
    Array.from({ length: 5 }, (_, index) => compute(`c${index + 1}`, index === 4 ? { 'agency.vendor': 'gcp' } : {})),
  );
  const calls = new CallSource(cfpId, [cfp]);
  const feed = new MemoryFeed();
  const directory = await mkdtemp(join(tmpdir(), 'agency-front-'));
  const tables = await openDatabase<AgencyTables>({ schema: 'agency', directory }, agencyMigrations);
  const submitted: string[] = [];
  const state = { ready: false };
  const ports: FrontPorts = {
    sources: [
      new ProposalSource(proposalId, [proposal('p1'), proposal('p2'), proposal('p3'), proposal('p4')]),
      calls,
      computes,
      new WebhookSource(webhookId, []),
    ],
    admission: { admit: () => soleTenant, admitOperator: () => undefined },
    tags: new Tags(tables, systemClock),
    ingest: { begin: () => undefined, machineFor: nobody, take: nobody },
    desk: {
      async submit(document) {
        if (document.includes('wrong')) {
          throw new AgencyError('invalid-document', {
            message: 'line 1, column 1: wrong',
            problems: [{ path: 'wrong', line: 1, column: 1 }],
          });
        }
        submitted.push(document);
        calls.keep(`n${submitted.length}`, document);
        return await Promise.resolve({
          id: `n${submitted.length}`,
          as: 'cfp' as const,
          webhookSecrets: [{ url: 'http://127.0.0.1:9/h', secret: 'whsec_x' }],
        });
      },
    },
    feed,
    measured: {
      history: nothingMeasured,
      statistics: async () => await Promise.resolve([]),
      prices: async () => await Promise.resolve([]),
    },
    readiness: { check: async () => await Promise.resolve({ ready: state.ready, parts: { bus: 'connected' } }) },
    images: ['debian-12'],
    templates: readTemplates(pathToFileURL('data/wsag/templates/')),
    version: '1.2.3',
    clock: systemClock,
    ids: { next: () => 'ref-1' },
    log: createLog('test', 'silent'),
    ...different,
  };
  calls.desk = ports.desk;
  const opened = await openFront({ host: '127.0.0.1', port: 0, ...ports });
  const front = {
    url: opened.url,
    async close() {
      await opened.close();
      await tables.destroy();
      await rm(directory, { recursive: true });
    },
  };
  const http = axios.create({
    baseURL: front.url,
    validateStatus: () => true,
    proxy: false,
    headers: { common: { Accept: '*/*' } },
    transformRequest: (body: unknown) => body,
    transformResponse: (body: unknown) => body,
  });
  return Object.assign(state, { front, http, computes, feed, submitted, ports });
}

const nobody = (): Promise<never> => Promise.reject(new Error('nothing is told here'));
async function nothingMeasured({ resource, metric }: HistoryRequest): Promise<History> {
  return await Promise.resolve({ resource, metric, step: 60_000, series: [] });
}
