import { AgencyError } from '@cloud-agency/errors';
import {
  agreedId,
  agreementId,
  agreementTemplateMixin,
  computeId,
  type Entity,
  type EntityChange,
  type JsonValue,
  type LinkRef,
  renegotiationId,
  violationId,
} from '@cloud-agency/occi';
import { isoTime } from '@cloud-agency/runtime';
import { agreedLevel, type AgreementTemplates, type Validity, writeOpenSlo } from '@cloud-agency/sla';
import type { Assessments } from '../../agreements/assessments.js';
import { standingOf } from '../../agreements/life.js';
import { clientActionsIn, type Stewardship } from '../../calls/stewardship.js';
import type { RenegotiationDesk } from '../../renegotiation/desk.js';
import type { AgencyStore } from '../../store/agency-store.js';
import { ownAgreements } from '../../store/owned.js';
import { type AgreementRow, parsed } from '../../store/tables.js';
import type { MonthReports } from '../../reports/month-reports.js';
import type { DocumentSource, EntityQuery, EntitySource, PartSource } from '../entity-source.js';
import { agreementAs } from './agreement-as.js';
import { changedValidity } from './agreement-change.js';
import { ledgerAttributes } from './agreement-ledger.js';
import { reactionsOf } from './agreement-reactions.js';
import { agreementReport } from './agreement-report.js';
import { type MeasuredTerm, termAttributes } from './agreement-terms.js';
import { linkTo, listed } from './listing.js';
import { openSloType } from './openslo-type.js';
import { wsagTypeOf, wsagTypes } from './wsag-types.js';
import { askedBy } from './renegotiating.js';

const scheme = 'http://schemas.ogf.org/occi/sla#';
const renegotiate = 'http://schemas.cloud-agency.dev/occi/agency/agreement/action#renegotiate';
const termScheme = 'http://schemas.cloud-agency.dev/occi/sla#';

/** Agreements as OCCI entities: state, terms as mixins, the resources they cover, and the violations so far. */
export class AgreementSource implements EntitySource {
  readonly kind = agreementId;

  constructor(
    private readonly store: AgencyStore,
    private readonly stewardship: Stewardship,
    private readonly renegotiations: RenegotiationDesk,
    private readonly assessments: Assessments,
    private readonly templates: AgreementTemplates,
    reports: MonthReports,
  ) {
    this.parts = { report: agreementReport(reports) };
  }

  readonly parts: Readonly<Record<string, PartSource>>;

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const rows = await listed(ownAgreements(this.store.tables, query.tenant).orderBy('created_at').orderBy('id'), query);
    return await Promise.all(rows.map((row) => this.entity(row)));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const row = await this.row(id, tenant);
    return row && (await this.entity(row));
  }

  readonly documents: DocumentSource = {
    types: [...wsagTypes, openSloType],
    of: async (id, wanted, tenant) => {
      const row = await this.row(id, tenant);
      if (row && wanted === openSloType) return await this.objectives(row);
      const type = wsagTypeOf(wanted);
      return row && type && (await agreementAs(type, row, this.measuredTerms(row), this.store.tables));
    },
  };

  /** What is agreed, whatever level holds at the moment. */
  private async objectives({ cfp, name }: AgreementRow): Promise<string> {
    const { call } = await this.store.tables.selectFrom('cfp').select('call').where('id', '=', cfp).executeTakeFirstOrThrow();
    const agreed = parsed(call);
    return writeOpenSlo(name, agreed.guarantees, agreed);
  }

  async remove(id: string, tenant: string): Promise<void> {
    await this.stewardship.remove(id, tenant);
  }

  async update(id: string, change: EntityChange, tenant: string): Promise<void> {
    await this.stewardship.limit(id, await this.validity(id, change, tenant), tenant);
  }

  /** The beginning stays when it is missing; without an end the agreement goes on until it is terminated. */
  async replace(id: string, whole: EntityChange, tenant: string): Promise<void> {
    await this.stewardship.limit(id, { effectiveUntil: null, ...(await this.validity(id, whole, tenant)) }, tenant);
  }

  private async validity(id: string, change: EntityChange, tenant: string): Promise<Validity> {
    const current = await this.get(id, tenant);
    return changedValidity(id, change, current?.mixins ?? []);
  }

  async act(id: string, action: string, attributes: Readonly<Record<string, JsonValue>>, tenant: string): Promise<Entity> {
    if (action === 'renegotiate') await this.renegotiations.ask(id, askedBy(attributes), tenant);
    else await this.stewardship.act(id, action, tenant);
    const after = await this.get(id, tenant);
    if (!after) throw new AgencyError('not-found', { what: `Agreement ${id}`, hint: '' });
    return after;
  }

  private async row(id: string, tenant: string): Promise<AgreementRow | undefined> {
    return await ownAgreements(this.store.tables, tenant).where('id', '=', id).executeTakeFirst();
  }

  private async entity(row: AgreementRow): Promise<Entity> {
    const instants = { agreedAt: row.agreed_at, effectiveFrom: row.effective_from, effectiveUntil: row.effective_until };
    const terms = parsed(row.terms);
    return {
      kind: agreementId,
      id: row.id,
      title: row.name,
      mixins: [agreedId, ...(await this.template(row)), ...new Set(terms.map((term) => `${termScheme}${term.term}`))],
      attributes: {
        'occi.agreement.state': row.state,
        ...Object.fromEntries(
          Object.entries(instants).flatMap(([name, at]) => (at === null ? [] : [[`occi.agreement.${name}`, isoTime(at)]])),
        ),
        'agency.agreement.cfp': row.cfp,
        'agency.agreement.level': standingOf(row).level,
        'agency.agreement.terms': this.measuredTerms(row) as unknown as JsonValue,
        'agency.agreement.health': (await this.health(row)) as unknown as JsonValue,
        'agency.agreement.reactions': (await reactionsOf(this.store.tables, row)) as unknown as JsonValue,
        'agency.agreement.orphans': (await this.orphans(row)) as unknown as JsonValue,
        ...(await ledgerAttributes(this.store.tables, row.id)),
        ...termAttributes(terms),
      },
      actions: [
        ...clientActionsIn(row.state).map((term) => `${scheme}${term}`),
        ...(row.state === 'accepted' ? [renegotiate] : []),
      ],
      links: [...(await this.covered(row.id)), ...(await this.violations(row.id)), ...(await this.renegotiated(row.id))],
    };
  }

  /** The mixin of the template that the agreement was made from. */
  private async template({ cfp }: AgreementRow): Promise<readonly string[]> {
    const found = await this.store.tables.selectFrom('cfp').select('call').where('id', '=', cfp).executeTakeFirst();
    const template = found && parsed(found.call).template;
    return template !== undefined && this.templates.has(template) ? [agreementTemplateMixin(template)] : [];
  }

  /** The running figures where the monitor has sent any; else the terms as they were last stored. */
  private measuredTerms(row: AgreementRow): readonly MeasuredTerm[] {
    const running = row.state === 'accepted' ? this.assessments.of(row.id)?.terms : undefined;
    const stored = parsed(row.terms).map((term) => ({ level: agreedLevel, ...term }));
    if (!running) return stored.map((term) => ({ ...term, measured: null, spent: null, risk: null }));
    return stored.map((term) => {
      const figures = running.find((one) => one.index === term.index && one.resource === term.resource);
      const { measured = null, spent = null, risk = null, state = term.state } = figures ?? {};
      const { wanted = term.wanted, side = term.side } = figures ?? {};
      return { ...term, measured, wanted, side, spent, risk, state };
    });
  }

  private async health(row: AgreementRow): Promise<readonly object[]> {
    if (row.state !== 'accepted') return [];
    const resources = await this.store.tables
      .selectFrom('resource')
      .innerJoin('placement', 'placement.id', 'resource.placement')
      .select(['resource.id as resource', 'resource.title as title', 'placement.id as placement', 'placement.address as address'])
      .where('resource.agreement', '=', row.id)
      .where('resource.state', '!=', 'deleted')
      .execute();
    const health = this.assessments.of(row.id)?.health ?? [];
    return resources.map(({ resource, title, placement, address }) => {
      const found = health.find((one) => one.placement === placement);
      return { resource, title, address, state: found?.state ?? 'unknown', milliseconds: found?.milliseconds ?? null };
    });
  }

  /** Machines that their vendor would not delete: they go on costing until it does (CFP.md 5). */
  private async orphans(row: AgreementRow): Promise<readonly object[]> {
    const placements = await this.store.tables
      .selectFrom('placement')
      .selectAll()
      .where('agreement', '=', row.id)
      .where('state', '=', 'orphaned')
      .execute();
    return placements.map((placement) => ({
      placement: placement.id,
      agent: placement.agent,
      vendorId: placement.vendor_id,
      price: parsed(placement.offer).price,
      message: placement.message,
    }));
  }

  private async covered(agreement: string): Promise<readonly LinkRef[]> {
    const rows = await this.store.tables
      .selectFrom('resource')
      .select('id')
      .where('agreement', '=', agreement)
      .where('state', '!=', 'deleted')
      .execute();
    return rows.map(({ id }) => ({
      target: `/compute/${id}`,
      rel: computeId,
      self: `/agreement_link/${id}`,
      categories: [`${scheme}agreement_link`],
      attributes: {},
    }));
  }

  private async violations(agreement: string): Promise<readonly LinkRef[]> {
    const rows = await this.store.tables
      .selectFrom('violation')
      .select('id')
      .where('agreement', '=', agreement)
      .orderBy('opened')
      .execute();
    return rows.map(({ id }) => linkTo({ location: `/violation/${id}`, kind: violationId }, 'violation_link', id));
  }

  private async renegotiated(agreement: string): Promise<readonly LinkRef[]> {
    const rows = await this.store.tables
      .selectFrom('renegotiation')
      .select('id')
      .where('agreement', '=', agreement)
      .orderBy('created_at')
      .execute();
    return rows.map(({ id }) => linkTo({ location: `/renegotiation/${id}`, kind: renegotiationId }, 'renegotiation_link', id));
  }
}
