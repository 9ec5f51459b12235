import type { FindingMessage } from '@cloud-agency/bus';
import type { Call } from '@cloud-agency/sla';
import type { Work } from '../store/agency-store.js';
import { type AgreementRow, json, parsed, type ResourceRow, type TermState } from '../store/tables.js';
import { type Occurrence, react } from './rules.js';

type FoundTerm = NonNullable<FindingMessage['guarantee']>;

/** Takes what the monitor found into the agreement, announces it, and sets off the client's rules (CFP.md 6). */
export async function takeFinding(work: Work, ids: { next(): string }, finding: FindingMessage): Promise<void> {
  const agreement = await work.tables.selectFrom('agreement').selectAll().where('id', '=', finding.agreement).executeTakeFirst();
  if (agreement?.state !== 'accepted') return;
  const cfp = await work.tables.selectFrom('cfp').select('call').where('id', '=', agreement.cfp).executeTakeFirstOrThrow();
  const call: Call = parsed(cfp.call);
  const resource = await resourceOf(work, finding);
  if (finding.resource !== undefined && (!resource || isOutdated(finding, resource))) return;
  if (finding.guarantee) await takeTerm(work, ids, agreement, finding, finding.guarantee);
  const event = await announce(work, agreement, call, finding, resource);
  if (event) await react(work, ids, { agreement, call, event, ...(resource ? { resource } : {}) });
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

/** Health of a machine that no longer carries the resource is history. */
function isOutdated(finding: FindingMessage, resource: ResourceRow): boolean {
  return finding.placement !== undefined && finding.placement !== resource.placement;
}

async function takeTerm(
  work: Work,
  ids: { next(): string },
  agreement: AgreementRow,
  finding: FindingMessage,
  guarantee: FoundTerm,
): Promise<void> {
  const resource = finding.resource ?? null;
  const state = finding.finding === 'sla.violated' ? 'violated' : 'fulfilled';
  const term: TermState = {
    index: guarantee.index,
    term: guarantee.term,
    of: guarantee.of,
    resource,
    state,
    wanted: guarantee.wanted,
    unit: guarantee.unit,
  };
  const others = parsed(agreement.terms).filter((other) => other.index !== term.index || other.resource !== term.resource);
  await work.tables
    .updateTable('agreement')
    .set({ terms: json([...others, term].sort((a, b) => a.index - b.index)) })
    .where('id', '=', agreement.id)
    .execute();
  if (state === 'violated') await openViolation(work, ids, agreement, finding, guarantee);
  else await closeViolations(work, agreement, guarantee, resource);
}

async function openViolation(
  work: Work,
  ids: { next(): string },
  agreement: AgreementRow,
  finding: FindingMessage,
  guarantee: FoundTerm,
): Promise<void> {
  await work.tables
    .insertInto('violation')
    .values({
      id: ids.next(),
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
      unit: guarantee.unit,
      samples: json(finding.samples),
    })
    .execute();
}

async function closeViolations(
  work: Work,
  agreement: AgreementRow,
  guarantee: FoundTerm,
  resource: string | null,
): Promise<void> {
  await work.tables
    .updateTable('violation')
    .set({ closed: work.now })
    .where('agreement', '=', agreement.id)
    .where('guarantee', '=', guarantee.index)
    .where('resource', resource === null ? 'is' : '=', resource)
    .where('closed', 'is', null)
    .execute();
}

/** Undefined for a finding that is no event of the list: a term that is fulfilled for the first time is a state, not news. */
async function announce(
  work: Work,
  agreement: AgreementRow,
  call: Call,
  finding: FindingMessage,
  resource: ResourceRow | undefined,
): Promise<Occurrence | undefined> {
  if (finding.finding === 'sla.fulfilled') return undefined;
  const item = resource?.item ?? finding.guarantee?.of;
  const about = item === undefined ? {} : { item };
  const found = finding.guarantee ?? finding.use;
  const placed = resource ? { resource: resource.id, placement: resource.placement } : {};
  const number = await work.record({
    type: finding.finding,
    tenant: agreement.tenant,
    subject: resource ? `/compute/${resource.id}` : `/agreement/${agreement.id}`,
    cfp: agreement.cfp,
    agreement: agreement.id,
    message: finding.message,
    data: { agreement: agreement.id, ...about, ...placed, ...found, samples: finding.samples },
  });
  return { ...{ type: finding.finding, number, message: finding.message }, ...about, ...narrowed(call, finding) };
}

/** What of a finding decides which rules it is for. */
function narrowed(call: Call, { guarantee, use }: FindingMessage): Partial<Occurrence> {
  const found = guarantee ?? use;
  const term = guarantee && call.guarantees[guarantee.index]?.term;
  return {
    ...(term ? { term } : {}),
    ...(use ? { rule: use.rule } : {}),
    ...(found ? { values: { measured: found.measured, wanted: found.wanted } } : {}),
  };
}
