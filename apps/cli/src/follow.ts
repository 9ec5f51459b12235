/** Follows one call on the terminal: offers coming in, proposals, the choice, provisioning, and then its SLA, live. */
import type { AgencyClient } from './client.js';
import { type Chooser, chosenProposal } from './choice.js';
import { type Agreement, agreementOf } from './entities/agreement.js';
import { type Cfp, cfpOf, proposalOf } from './entities/call.js';
import { computeOf } from './entities/compute.js';
import type { AgencyEvent } from './entities/event.js';
import { exit } from './failure.js';
import { AgreementBoard } from './agreement-board.js';
import type { Terminal } from './terminal.js';
import { answerLine } from './views/answer.js';
import { explanationLines } from './views/explanation.js';
import { plural } from './views/figures.js';
import { proposalLines } from './views/proposals.js';
import { Wakeups } from './wakeups.js';

export interface FollowOptions {
  readonly chooser: Chooser;
  /** Ends with 0 once the call is in this state; without it, at Ctrl-C. */
  readonly exitWhen?: 'proposed' | 'fulfilled';
  readonly signal: AbortSignal;
}

/** How often running figures are read, ms; everything else is shown as soon as its event comes. */
const lookEveryMs = 1_000;
const endStates = ['refused', 'rejected', 'expired', 'cancelled', 'failed'];

/** @returns the exit code. */
export async function follow(client: AgencyClient, id: string, terminal: Terminal, options: FollowOptions): Promise<number> {
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const wakeups = new Wakeups(lookEveryMs, signal);
  const following = new Following(client, id, terminal, options);
  const listening = listen(client.events({ cfp: id, after: 0 }, signal), (event) => {
    following.hear(event);
    wakeups.ring();
  });
  try {
    while (await wakeups.next()) {
      const code = await following.look();
      if (code !== undefined) return code;
    }
    return exit.done;
  } finally {
    terminal.keepBoard();
    ended.abort();
    await listening;
  }
}

async function listen(events: AsyncIterable<AgencyEvent>, hear: (event: AgencyEvent) => void): Promise<void> {
  try {
    for await (const event of events) hear(event);
  } catch {
    // Without its events the call is still followed, by looking every second.
  }
}

/** What was shown so far, so that everything is shown once. */
class Following {
  private readonly answered = new Set<string>();
  private readonly told = new Map<string, string>();
  private readonly board: AgreementBoard;
  private state = '';
  private round = new Set<string>();

  constructor(
    private readonly client: AgencyClient,
    private readonly id: string,
    private readonly terminal: Terminal,
    private readonly options: FollowOptions,
  ) {
    this.board = new AgreementBoard(terminal);
  }

  /** Events that no entity shows any more when one looks: what happened to a resource or a guarantee. */
  hear(event: AgencyEvent): void {
    if (/^(resource\.(down|up|moved|ending|repriced|retiring)|sla\.|market\.|renegotiation\.)/.test(event.type)) {
      this.terminal.tell(`  ${this.terminal.style('dim', event.at.slice(11, 19))} ${event.message}`, event);
    }
  }

  async look(): Promise<number | undefined> {
    const cfp = cfpOf(await this.client.entity('cfp', this.id));
    this.showAnswers(cfp);
    const changed = cfp.state !== this.state;
    this.state = cfp.state;
    if (cfp.state === 'proposed') return await this.propose();
    if (['accepted', 'provisioning', 'fulfilled'].includes(cfp.state)) return await this.showDeployment(cfp, changed);
    return changed && endStates.includes(cfp.state) ? this.showEnd(cfp) : undefined;
  }

  private showAnswers(cfp: Cfp): void {
    for (const answer of cfp.answers) {
      if (this.answered.has(answer.agent)) continue;
      if (this.answered.size === 0) this.terminal.tell('Offers coming in:');
      this.answered.add(answer.agent);
      this.terminal.tell(answerLine(answer), { type: 'answer', ...answer });
    }
  }

  /** Shows each set of proposals once and asks for the choice; a call that comes back with new ones asks again. */
  private async propose(): Promise<number | undefined> {
    const all = (await this.client.entities('proposal', { 'agency.proposal.cfp': this.id })).map(proposalOf);
    const open = all.filter(({ state }) => state === 'proposed').sort((a, b) => a.rank - b.rank);
    if (open.length === 0 || open.every(({ id }) => this.round.has(id))) return undefined;
    this.round = new Set(open.map(({ id }) => id));
    this.terminal.tell(['', ...proposalLines(open), ''].join('\n'));
    for (const proposal of open) this.terminal.record({ type: 'proposal', ...proposal });
    if (this.options.exitWhen === 'proposed') return exit.done;
    const chosen = await chosenProposal(open, this.options.chooser, this.terminal, this.options.signal);
    if (chosen === 'none') {
      for (const { id } of open) await this.client.act('proposal', id, 'reject');
    } else if (chosen) {
      await this.client.act('proposal', chosen.id, 'accept');
      this.terminal.tell(`Accepted proposal ${chosen.rank}.`, { type: 'accepted', proposal: chosen.id, rank: chosen.rank });
    }
    return undefined;
  }

  private async showDeployment(cfp: Cfp, changed: boolean): Promise<number | undefined> {
    if (changed && cfp.state === 'provisioning') this.terminal.tell('Provisioning:');
    if (cfp.state !== 'fulfilled' || changed) await this.showResources();
    if (cfp.state !== 'fulfilled') return undefined;
    const agreement = await this.agreement();
    if (!agreement) return undefined;
    if (changed) this.showFulfilled(agreement);
    if (this.options.exitWhen === 'fulfilled') return exit.done;
    this.board.show(agreement);
    return agreement.state === 'terminated' ? exit.done : undefined;
  }

  private showFulfilled(agreement: Agreement): void {
    const text = `Agreement ${agreement.id} is ${agreement.state}: ${plural(agreement.health.length, 'machine')} run. Its SLA, live (Ctrl-C ends this):`;
    this.terminal.tell(`\n${text}\n`, { type: 'agreement', id: agreement.id, state: agreement.state });
  }

  private async showResources(): Promise<void> {
    const resources = (await this.client.entities('compute', { 'agency.cfp': this.id })).map(computeOf);
    const width = Math.max(...resources.map(({ name }) => name.length));
    for (const resource of resources) {
      const { name, vendor, region, offer, state, message, address } = resource;
      const text = [
        name.padEnd(width),
        `${vendor} ${region}`.padEnd(24),
        offer.split('/').at(-2) ?? offer,
        `${state}: ${message}`,
        address,
      ]
        .filter(Boolean)
        .join('  ');
      if (this.told.get(resource.id) === text) continue;
      this.told.set(resource.id, text);
      this.terminal.tell(`  ${text}`, { type: 'resource', ...resource });
    }
  }

  private async agreement(): Promise<Agreement | undefined> {
    const [newest] = (await this.client.entities('agreement', { 'agency.agreement.cfp': this.id }))
      .map(agreementOf)
      .filter(({ state }) => state !== 'rejected')
      .reverse();
    return newest;
  }

  private showEnd(cfp: Cfp): number {
    const { name, state, message, explanation } = cfp;
    const explained = state === 'refused' ? explanationLines(explanation) : [];
    const reason = explained.length > 0 ? ':' : `${message ? `: ${message.replace(/\.$/, '')}` : ''}.`;
    const lines = [`The call ${name} is ${state}${reason}`, ...explained];
    this.terminal.complain(lines.join('\n'), { type: 'ended', cfp: cfp.id, state, message, explanation });
    return exit.failed;
  }
}
