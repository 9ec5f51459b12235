import { isoTime } from '@cloud-agency/runtime';
import { type Call, chargeOf, type Charge, duration, hasEnded, type Span, totalOf, within } from '@cloud-agency/sla';
import type { Kysely } from 'kysely';
import type { Assessments } from '../agreements/assessments.js';
import { standingOf } from '../agreements/life.js';
import { Promised } from '../agreements/promised.js';
import { chargesOf } from '../resources/charges.js';
import { ownAgreements } from '../store/owned.js';
import { type AgencyTables, type AgreementRow, parsed, type ViolationRow } from '../store/tables.js';
import { monthAsked, type Page, pageOf } from './asked.js';
import type { DailyFigures } from './daily-figures.js';
import { guaranteesIn, pastTerms } from './guarantees.js';
import type { MonthMeasures } from './month-measures.js';
import {
  type Listed,
  type MonthReport,
  type ReportedDay,
  type ReportedMachine,
  reportVersion,
  type Stretch,
} from './month-report.js';
import { entryPage, ledgerOf, reactionsIn, violationPage, violationsIn } from './rows.js';

export interface Asked {
  /** `2026-11`; absent: the present month. */
  readonly month: string | undefined;
  readonly page: Page;
}

/** Makes the reports of agreements' months from what is stored, the ledger, and the days of the monitor's archive. */
export class MonthReports {
  constructor(
    private readonly tables: Kysely<AgencyTables>,
    private readonly assessments: Pick<Assessments, 'of'>,
    private readonly days: DailyFigures,
    private readonly measures: MonthMeasures,
    private readonly clock: { now(): number },
  ) {}

  /** Undefined when the tenant has no such agreement. @throws AgencyError as `monthAsked`. */
  async of(id: string, tenant: string, { month: written, page }: Asked): Promise<MonthReport | undefined> {
    const row = await this.row(id, tenant);
    if (!row) return undefined;
    const now = this.clock.now();
    const charges = await chargesOf(this.tables, id);
    const held = heldFrom(row, charges, now);
    const month = monthAsked(written, held, now);
    const span = { from: month.from, until: month.asFarAs };
    const call = await this.call(row);
    const promised = new Promised(call, parsed(row.former));
    const guarantees = promised.numbered;
    const violations = byPromise(await violationsIn(this.tables, id, span), promised);
    const ledger = await ledgerOf(this.tables, id, month.name);
    const machines = machinesIn(charges, span);
    const shown = pageOf(machines, page);
    const reported = { ...span, from: Math.max(span.from, held.from) };
    const { days, remark } = await this.days.of(id, shown, reported, ranks);
    const terms = parsed(row.terms);
    const measures = await this.measures.of({
      ...{ call, guarantees, charges, span: reported, pauses: pausesOf(row, span.until) },
      subjects: [...terms, ...pastTerms({ guarantees, terms, violations })],
    });
    const complete = now >= month.until;
    return {
      ...{ version: reportVersion, made: isoTime(now) },
      ...{ agreement: id, name: row.name, state: row.state, month: month.name },
      ...{ from: isoTime(span.from), until: isoTime(span.until), complete },
      held: stretch({ from: reported.from, until: Math.min(span.until, held.until) }),
      settled: row.settled_until !== null && row.settled_until >= month.until,
      level: standingOf(row).level,
      charge: usd(chargeOf(charges, span)),
      penalties: usd(totalOf(ledger, 'penalty')),
      rewards: usd(totalOf(ledger, 'reward')),
      due: usd(chargeOf(charges, span).minus(totalOf(ledger, 'penalty')).plus(totalOf(ledger, 'reward'))),
      guarantees: guaranteesIn({
        ...{ guarantees, terms, violations, measures: measures.terms, span },
        running: complete || row.state !== 'accepted' ? undefined : this.assessments.of(id),
      }),
      violations: violationPage(violations, ledger, span, page),
      ledger: entryPage(ledger, page),
      reactions: await reactionsIn(this.tables, id, span, page),
      machines: await this.machinePage(shown, machines.length, { charges, span, page, days }),
      remark: [remark, measures.remark].filter((one) => one !== null).join(' ') || null,
    };
  }

  private async row(id: string, tenant: string): Promise<AgreementRow | undefined> {
    return await ownAgreements(this.tables, tenant).where('id', '=', id).executeTakeFirst();
  }

  private async call({ cfp }: AgreementRow): Promise<Call> {
    const { call } = await this.tables.selectFrom('cfp').select('call').where('id', '=', cfp).executeTakeFirstOrThrow();
    return parsed(call);
  }

  private async machinePage(
    shown: readonly string[],
    total: number,
    { charges, span, page, days }: Measured,
  ): Promise<Listed<ReportedMachine>> {
    const rows =
      shown.length === 0
        ? []
        : await this.tables.selectFrom('resource').select(['id', 'title', 'item']).where('id', 'in', shown).execute();
    const items = shown.map((resource): ReportedMachine => {
      const own = charges.filter((charge) => charge.resource === resource);
      const row = rows.find(({ id }) => id === resource);
      return {
        ...{ resource, title: row?.title ?? resource, item: row?.item ?? own[0]?.item ?? '' },
        hours: Number((duration(own, span) / 3_600_000).toFixed(4)),
        ...stretchOf(own, span),
        charge: usd(chargeOf(own, span)),
        days: days.filter((day) => day.resource === resource).map(reportedDay),
      };
    });
    return { total, page: page.number, size: page.size, items };
  }
}

/** Each numbered by what was promised when it was opened, as in the ledger: renegotiated, a guarantee may leave its number to another. */
const byPromise = (violations: readonly ViolationRow[], promised: Promised): readonly ViolationRow[] =>
  violations.map((row) => ({ ...row, guarantee: promised.held(row.guarantee, row.opened).place }));

interface Measured {
  readonly charges: readonly Charge[];
  readonly span: Span;
  readonly page: Page;
  readonly days: Awaited<ReturnType<DailyFigures['of']>>['days'];
}

/** From when it was agreed until its last machine was given back, or now. */
function heldFrom({ agreed_at, created_at, state }: AgreementRow, charges: readonly Charge[], now: number): Span {
  const ends = hasEnded(state) ? charges.map(({ until }) => until ?? now) : [now];
  return { from: agreed_at ?? created_at, until: ends.length === 0 ? now : Math.max(...ends) };
}

/** Machines that were paid for in the span, in a stable order. */
const machinesIn = (charges: readonly Charge[], span: Span): readonly string[] =>
  [...new Set(charges.filter((charge) => duration([charge], span) > 0).map(({ resource }) => resource))].sort();

const stretch = ({ from, until }: Span): Stretch => ({ from: isoTime(from), until: isoTime(until) });

function stretchOf(charges: readonly Charge[], span: Span): Stretch {
  const parts = within(charges, span);
  return stretch({ from: Math.min(...parts.map(({ from }) => from)), until: Math.max(...parts.map(({ until }) => until)) });
}

/** Percentiles of response times that are told of a day. */
const ranks = [50, 95, 99];

function reportedDay({
  day,
  probes,
  answered,
  percentiles: [p50 = null, p95 = null, p99 = null],
}: Measured['days'][number]): ReportedDay {
  return { day, availability: Number(((answered / probes) * 100).toFixed(6)), probes, p50, p95, p99 };
}

/** When it was suspended; one that goes on lasts until now. */
const pausesOf = ({ suspensions }: AgreementRow, now: number): readonly Span[] =>
  parsed(suspensions).map(({ from, until }) => ({ from, until: until ?? now }));

const usd = (amount: { toDecimalPlaces(places: number): { toNumber(): number } }): number => amount.toDecimalPlaces(6).toNumber();
