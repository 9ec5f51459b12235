import type { AppContext } from '@cloud-agency/runtime';
import { agreedLevel, type Assignment, type Call, guaranteesAt, type Plan, type Selection, transition } from '@cloud-agency/sla';
import { machineMs, quoteMs } from '../agreements/acceptance.js';
import { endAgreement } from '../agreements/ending.js';
import { lifeColumns, lifeOf } from '../agreements/life.js';
import { review } from '../agreements/review.js';
import { scheduleMarketWatch } from '../agreements/market-rules.js';
import { initialTerms } from '../agreements/terms.js';
import { sendWatch } from '../agreements/watch.js';
import type { CallsOut } from '../mediation/calls-out.js';
import type { Selecting } from '../negotiation/selecting.js';
import type { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { cancel, order, standing } from '../resources/placements.js';
import { quarantined, withoutQuarantined } from '../resources/quarantine.js';
import { refreshSensors } from '../sensors/observing.js';
import type { AgencyStore, Work } from '../store/agency-store.js';
import {
  type AgentAnswer,
  type AgreementRow,
  type CfpRow,
  json,
  parsed,
  type PlacementRow,
  type ResourceRow,
} from '../store/tables.js';
import { moveTo } from './cfp-state.js';
import { propose } from './proposing.js';

/** The step is repeated in a moment, until the deadline. */
const silentMessage = 'Nothing can be planned anew while vendor agents do not answer.';

/** What an agent that was not there would have offered is not known: that is no reason to give up. */
const someWereSilent = (answers: readonly AgentAnswer[]): boolean =>
  answers.length === 0 || answers.some(({ state }) => state === 'silent');

/** A resource of the agreement with the placement that is to carry it. */
interface Berth {
  readonly resource: ResourceRow;
  readonly placement: PlacementRow;
}

interface Situation {
  readonly cfp: CfpRow;
  readonly agreement: AgreementRow;
  readonly berths: readonly Berth[];
}

/** The saga of CFP.md 5: all machines of an agreement come up, failed ones at the next-best offer, or nothing is left standing. */
export class Provisioner {
  constructor(
    private readonly store: AgencyStore,
    private readonly mediator: CallsOut,
    private readonly solver: Selecting,
    private readonly quotas: TenantQuotas,
    private readonly context: AppContext,
  ) {}

  /** Does what the present state of the placements asks for; waiting is doing nothing. */
  async provision(cfp: CfpRow): Promise<void> {
    const situation = await this.store.work((work) => situationOf(work, cfp));
    if (!situation) return;
    const { berths } = situation;
    if (cfp.deadline !== null && this.context.clock.now() > cfp.deadline) {
      await this.store.work((work) => giveUp(work, situation, 'the machines did not all come up in time'));
    } else if (berths.every(({ placement }) => placement.state === 'active')) {
      await this.store.work((work) => fulfil(work, situation));
    } else if (berths.some(({ placement }) => !standing.includes(placement.state))) {
      await this.replan(situation);
    }
  }

  /** Re-planning keeps what is placed; only where that is infeasible is everything planned anew, once. */
  private async replan(situation: Situation): Promise<void> {
    const { cfp } = situation;
    const call = await this.quotas.limiting(this.store, parsed(cfp.call), cfp.tenant);
    const costLimit = (cfp.accepted_cost ?? Infinity) * (1 + call.negotiate.acceptUpTo);
    const excluded = [...(await quarantined(this.store.tables, this.context.clock.now())), ...(await this.failedOffers(cfp))];
    const gathered = await this.mediator.callOut({
      conversation: cfp.id,
      round: cfp.round + 1,
      demand: call.demand,
      excludedOffers: excluded,
      within: call.negotiate.replyBy,
    });
    const answer = withoutQuarantined(gathered.answer, excluded);
    const kept = keptOf(situation);
    const keeping = await this.solver.select(call.demand, answer, { fixed: kept, costLimit });
    const [plan] =
      keeping.plans.length > 0 ? keeping.plans : (await this.solver.select(call.demand, answer, { costLimit })).plans;
    if (plan) {
      await this.carryOut(situation, plan);
      return;
    }
    const dearer = await this.solver.select(call.demand, answer);
    if (dearer.plans.length === 0 && someWereSilent(gathered.answers)) throw new Error(silentMessage);
    await this.store.work((work) =>
      dearer.plans.length > 0 ? this.proposeAgain(work, situation, dearer) : giveUp(work, situation, reasonOf(situation)),
    );
  }

  /** Offers that failed for this very call, except those whose price merely changed: they come again at their new price. */
  private async failedOffers(cfp: CfpRow): Promise<readonly string[]> {
    const rows = await this.store.tables
      .selectFrom('placement')
      .select('offer_id')
      .where('cfp', '=', cfp.id)
      .where('reason', 'is not', null)
      .where('reason', '!=', 'price-changed')
      .execute();
    return rows.map((row) => row.offer_id);
  }

  private async carryOut(situation: Situation, plan: Plan): Promise<void> {
    await this.store.work(async (work) => {
      const current = await situationOf(work, situation.cfp);
      if (!current) return;
      const call: Call = parsed(current.cfp.call);
      const open = unmatched(plan, current.berths);
      for (const { resource, placement, offer } of open) {
        if (standing.includes(placement.state)) await cancel(work, placement, 'the plan changed');
        const id = this.context.ids.next();
        await work.tables
          .updateTable('resource')
          .set({
            placement: id,
            state: 'inactive',
            message: `moved on to ${offer.vendor}, ${offer.region}: ${placement.message}`,
          })
          .where('id', '=', resource.id)
          .execute();
        await order(work, {
          id,
          call,
          resource: { ...resource, agreement: current.agreement.id },
          offer,
          deadline: work.now + machineMs,
          validUntil: work.now + quoteMs,
        });
      }
      await refreshSensors(
        work,
        open.map(({ resource }) => resource.id),
      );
    });
  }

  /** Too dear for what the client agreed to: the pending agreement is rejected, and the client asked again. */
  private async proposeAgain(work: Work, situation: Situation, selection: Selection): Promise<void> {
    const current = await situationOf(work, situation.cfp);
    if (!current) return;
    await endAgreement(work, current.agreement, 'rejected', 'what failed can only be replaced above the accepted cost');
    await propose(work, this.context.ids, current.cfp, selection.plans, {
      round: current.cfp.round + 1,
      explanation: json(selection.explanation),
      accepted_cost: null,
    });
  }
}

async function situationOf(work: Work, cfp: CfpRow): Promise<Situation | undefined> {
  const current = await work.tables.selectFrom('cfp').selectAll().where('id', '=', cfp.id).executeTakeFirst();
  const agreement = await work.tables
    .selectFrom('agreement')
    .selectAll()
    .where('cfp', '=', cfp.id)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  if (current?.state !== 'provisioning' || !agreement) return undefined;
  const resources = await work.tables.selectFrom('resource').selectAll().where('agreement', '=', agreement.id).execute();
  const placements = await work.tables.selectFrom('placement').selectAll().where('agreement', '=', agreement.id).execute();
  const berths = resources.flatMap((resource) => {
    const placement = placements.find((candidate) => candidate.id === resource.placement);
    return placement ? [{ resource, placement }] : [];
  });
  return { cfp: current, agreement, berths };
}

function keptOf(situation: Situation): readonly Assignment[] {
  return situation.berths
    .filter(({ placement }) => standing.includes(placement.state))
    .map(({ resource, placement }) => ({ item: resource.item, offer: parsed(placement.offer), count: 1 }));
}

/** Matches a plan with what stands: returns the berths that need a new offer, each with the one the plan has for it. */
function unmatched(plan: Plan, berths: readonly Berth[]): readonly (Berth & { offer: Assignment['offer'] })[] {
  const wanted = plan.assignments.flatMap((assignment) => Array.from({ length: assignment.count }, () => assignment));
  const open: Berth[] = [];
  for (const berth of berths) {
    const match = wanted.findIndex(
      ({ item, offer }) =>
        item === berth.resource.item && offer.id === berth.placement.offer_id && standing.includes(berth.placement.state),
    );
    if (match >= 0) wanted.splice(match, 1);
    else open.push(berth);
  }
  return open.flatMap((berth) => {
    const next = wanted.findIndex(({ item }) => item === berth.resource.item);
    const [taken] = next >= 0 ? wanted.splice(next, 1) : [];
    return taken ? [{ ...berth, offer: taken.offer }] : [];
  });
}

async function fulfil(work: Work, situation: Situation): Promise<void> {
  const current = await situationOf(work, situation.cfp);
  if (!current) return;
  const { cfp, agreement } = current;
  const terms = initialTerms(guaranteesAt(parsed(cfp.call), agreedLevel), resourcesOf(current));
  await work.tables
    .updateTable('agreement')
    .set({ ...lifeColumns(transition(lifeOf(agreement), 'accept', work.now)), terms: json(terms) })
    .where('id', '=', agreement.id)
    .execute();
  await work.record({
    type: 'agreement.accepted',
    tenant: cfp.tenant,
    subject: `/agreement/${agreement.id}`,
    cfp: cfp.id,
    agreement: agreement.id,
    message: `Agreement for ${cfp.name} is accepted: ${String(current.berths.length)} machines run and are verified.`,
    data: { agreement: agreement.id },
  });
  await moveTo(work, cfp, 'fulfilled', 'every machine runs and is verified');
  await sendWatch(work, agreement.id);
  await review(work, agreement.id);
  await scheduleMarketWatch(work, agreement.id, parsed(cfp.call));
}

const resourcesOf = ({ berths }: Situation) => berths.map(({ resource }) => resource);

/** Nothing more can be done: everything is given back, and the call ends as failed, with the reasons. */
async function giveUp(work: Work, situation: Situation, why: string): Promise<void> {
  const current = await situationOf(work, situation.cfp);
  if (!current) return;
  await endAgreement(work, current.agreement, 'rejected', why);
  await moveTo(work, current.cfp, 'failed', why);
}

function reasonOf(situation: Situation): string {
  const failures = situation.berths.filter(({ placement }) => placement.reason !== null);
  const sentences = failures.map(
    ({ resource, placement }) =>
      `${resource.title}: ${placement.reason ?? 'unknown'} at ${placement.offer_id} (${placement.message})`,
  );
  return `no offer is left for what failed: ${sentences.join('; ')}`;
}
