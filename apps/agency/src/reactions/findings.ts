import type { FindingMessage } from '@cloud-agency/bus';
import type { Call } from '@cloud-agency/sla';
import { closeViolations } from '../agreements/closing-violations.js';
import { holds } from '../agreements/level.js';
import { review } from '../agreements/review.js';
import { noteBreach } from '../statistics/facts.js';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, json, parsed, type ResourceRow, type TermState } from '../store/tables.js';
import { type Occurrence, react } from './rules.js';

type FoundTerm = NonNullable<FindingMessage['guarantee']>;

/** Takes what the monitor found into the agreement, announces it, and sets off the client's rules (CFP.md 6). */
export async function takeFinding(work: Work, ids: { next(): string }, found: FindingMessage): Promise<void> {
  const agreement = await work.tables.selectFrom('agreement').selectAll().where('id', '=', found.agreement).executeTakeFirst();
  if (agreement?.state !== 'accepted') return;
  const cfp = await work.tables.selectFrom('cfp').select('call').where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  const call: Call = parsed(cfp.call);
  const resource = await resourceOf(work, found);
  const finding = named(found, resource);
  const { guarantee } = finding;
  if (isOutdated(finding, resource) || isOfAnotherLevel(finding, agreement, call)) return;
  if (guarantee) await takeTerm(work, ids, agreement, finding, guarantee);
  const event = occurrenceOf(call, finding, resource);
  if (event) {
    const told = await react(work, ids, { agreement, call, event, ...(resource ? { resource } : {}) });
    await announce(work, agreement, finding, resource, told);
  }
  if (guarantee) await review(work, agreement.id);
}

/** The monitor knows machines by their ids only: who reads of one wants to know which. */
function named(finding: FindingMessage, resource: ResourceRow | undefined): FindingMessage {
  return resource
    ? { ...finding, message: finding.message.replace(/^A machine of \S+ (?=is |answers )/, `${resource.title} `) }
    : finding;
}

async function resourceOf(work: Work, finding: FindingMessage): Promise<ResourceRow | undefined> {
  if (finding.resource === undefined) return undefined;
  return await work.tables
    .selectFrom('resource')
    .selectAll()
    .where('id', '=', finding.resource)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
}

/** What is found of a guarantee that holds no more is history. */
function isOfAnotherLevel({ guarantee }: FindingMessage, agreement: AgreementRow, call: Call): boolean {
  return guarantee !== undefined && !holds(agreement, call, guarantee.index);
}

/** Health of a machine that no longer carries the resource is history. */
function isOutdated(finding: FindingMessage, resource: ResourceRow | undefined): boolean {
  if (finding.resource === undefined) return false;
  return !resource || (finding.placement !== undefined && finding.placement !== resource.placement);
}

async function takeTerm(
  work: Work,
  ids: { next(): string },
  agreement: AgreementRow,
  finding: FindingMessage,
  guarantee: FoundTerm,
): Promise<void> {
  if (finding.finding === 'sla.at_risk') return;
  if (finding.finding === 'sla.lasting') {
    await updateViolation(work, finding, guarantee);
    return;
  }
  const resource = finding.resource ?? null;
  const state = finding.finding === 'sla.violated' ? 'violated' : 'fulfilled';
  const terms = parsed(agreement.terms);
  const isMeant = (one: TermState): boolean => one.index === guarantee.index && one.resource === resource;
  const before = terms.find(isMeant);
  const term: TermState = {
    ...before,
    index: guarantee.index,
    term: guarantee.term,
    of: guarantee.of,
    resource,
    state,
    wanted: guarantee.wanted,
    unit: guarantee.unit,
    side: guarantee.side ?? before?.side ?? 'at_most',
  };
  await work.tables
    .updateTable('agreement')
    .set({ terms: json(before ? terms.map((one) => (isMeant(one) ? term : one)) : [...terms, term]) })
    .where('id', '=', agreement.id)
    .execute();
  if (state === 'violated') await openViolation(work, ids, agreement, finding, guarantee);
  else await recover(work, agreement, finding, guarantee);
}

/** How a violation stands while it lasts, and how it was when it ends. */
async function updateViolation(work: Work, { finding, violation }: FindingMessage, { measured }: FoundTerm): Promise<void> {
  if (!violation) return;
  await work.tables
    .updateTable('violation')
    .set({
      ...(finding === 'sla.lasting' ? { measured } : {}),
      ...{ worst: violation.worst, count: violation.count, updated: work.now },
    })
    .where('id', '=', violation.id)
    .where('closed', 'is', null)
    .execute();
}

async function openViolation(
  work: Work,
  ids: { next(): string },
  agreement: AgreementRow,
  finding: FindingMessage,
  guarantee: FoundTerm,
): Promise<void> {
  const id = finding.violation?.id ?? ids.next();
  await noteBreach(work, { violation: id, agreement: agreement.id, resource: finding.resource ?? null, item: guarantee.of });
  await work.tables
    .insertInto('violation')
    .values({
      id,
      tenant: agreement.tenant,
      agreement: agreement.id,
      term: guarantee.term,
      of: guarantee.of,
      guarantee: guarantee.index,
      resource: finding.resource ?? null,
      opened: Date.parse(finding.at),
      closed: null,
      wanted: guarantee.wanted,
      measured: guarantee.measured,
      worst: finding.violation?.worst ?? guarantee.measured,
      count: finding.violation?.count ?? finding.samples.length,
      updated: work.now,
      unit: guarantee.unit,
      samples: json(finding.samples),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

async function recover(work: Work, agreement: AgreementRow, finding: FindingMessage, guarantee: FoundTerm): Promise<void> {
  const resource = finding.resource ?? null;
  await updateViolation(work, finding, guarantee);
  await closeViolations(work, agreement.id, (where) =>
    where.and([where('guarantee', '=', guarantee.index), where('resource', resource === null ? 'is' : '=', resource)]),
  );
}

/** Undefined for a finding that is no event of the list: a term that is fulfilled for the first time is a state, not news. */
function occurrenceOf(call: Call, finding: FindingMessage, resource: ResourceRow | undefined): Occurrence | undefined {
  if (finding.finding === 'sla.fulfilled' || finding.finding === 'sla.lasting') return undefined;
  const item = itemOf(finding, resource);
  return {
    ...{ type: finding.finding, message: finding.message },
    ...(item === undefined ? {} : { item }),
    ...narrowed(call, finding),
  };
}

const itemOf = ({ guarantee }: FindingMessage, resource: ResourceRow | undefined): string | undefined =>
  resource?.item ?? guarantee?.of;

/** What of a finding decides which rules it is for. */
function narrowed(call: Call, { guarantee, use, risk }: FindingMessage): Partial<Occurrence> {
  const found = guarantee ?? use;
  const term = guarantee && call.guarantees[guarantee.index]?.term;
  return {
    ...(term ? { term } : {}),
    ...(use ? { rule: use.rule } : {}),
    ...(risk ? { risk } : {}),
    ...(found ? { values: { measured: found.measured, wanted: found.wanted, ...burnRate(risk) } } : {}),
  };
}

const burnRate = (risk: FindingMessage['risk']): { readonly burn_rate?: number } =>
  risk?.by === 'burn_rate' ? { burn_rate: risk.rate } : {};

async function announce(
  work: Work,
  agreement: AgreementRow,
  finding: FindingMessage,
  resource: ResourceRow | undefined,
  told: boolean,
): Promise<void> {
  if (finding.finding === 'sla.fulfilled' || finding.finding === 'sla.lasting') return;
  const { violation, risk } = finding;
  const item = itemOf(finding, resource);
  const about = item === undefined ? {} : { item };
  const found = finding.guarantee ?? finding.use;
  const placed = resource ? { resource: resource.id, placement: resource.placement } : {};
  await work.record({
    type: finding.finding,
    tenant: agreement.tenant,
    subject: resource ? `/compute/${resource.id}` : `/agreement/${agreement.id}`,
    cfp: agreement.cfp,
    agreement: agreement.id,
    message: finding.message,
    data: {
      agreement: agreement.id,
      ...about,
      ...placed,
      ...found,
      ...(violation && { violation }),
      ...(risk && { risk }),
      samples: finding.samples,
    },
    told,
  });
}
