import { AgencyError } from '@cloud-agency/errors';
import { type Agreement, type AgreementOffer, canonicalJson, concludedText, type Signature } from './agreement.js';
import { type AgreementAction, transition, type Validity, withValidity } from './life-cycle.js';
import type { AgreementPolicy, Decision } from './policy.js';
import { type AgreementStore, notFound } from './store.js';

/** Signs, and checks signatures: a detached signature of a text, whatever the method. */
export interface Signer {
  sign(text: string): string | Promise<string>;
  /** Whether the value is the party's signature of the text. */
  verify(party: string, text: string, value: string): boolean | Promise<boolean>;
}

export interface GatewayParts {
  readonly store: AgreementStore;
  /** What it does not decide on is refused. */
  readonly policy: AgreementPolicy;
  readonly signer: Signer;
  readonly clock: { now(): number };
  readonly ids: { next(): string };
  /** Who answers: offers to others are refused. */
  readonly responder: string;
}

/** What became of an offer. */
export type Outcome =
  | { readonly outcome: 'agreed'; readonly agreement: Agreement }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'countered'; readonly reason: string; readonly offer: AgreementOffer };

/**
 * Where offers come in and agreements come out: the policy decides, an accepted offer is signed and stored, and the life of what is agreed goes on from
 * there (GFD.107's agreement factory, without its transport).
 */
export class AgreementGateway {
  constructor(private readonly parts: GatewayParts) {}

  /**
   * Submits an offer with its initiator's signature of it.
   * @throws AgencyError forbidden when the signature is not the initiator's; invalid-request when the offer's time is over before it begins.
   */
  async submit(offer: AgreementOffer, signature: string): Promise<Outcome> {
    const { signer, policy, responder, clock } = this.parts;
    if (!(await signer.verify(offer.initiator, canonicalJson(offer), signature)))
      throw new AgencyError('forbidden', { message: `The signature is not that of ${offer.initiator} under this offer.` });
    if (offer.responder !== responder)
      return { outcome: 'refused', reason: `offers to ${offer.responder} are not answered here` };
    const decision = (await policy(offer, clock.now())) ?? undecided;
    switch (decision.decision) {
      case 'accept':
        return { outcome: 'agreed', agreement: await this.conclude(offer, signature) };
      case 'refuse':
        return { outcome: 'refused', reason: decision.reason };
      case 'counter':
        return { outcome: 'countered', reason: decision.reason, offer: decision.offer };
    }
  }

  /** What a side does with an agreement. @throws AgencyError not-found; conflict when its state does not allow it, or somebody was faster. */
  async act(id: string, action: AgreementAction): Promise<Agreement> {
    return await this.parts.store.save(transition(await this.found(id), action, this.parts.clock.now()));
  }

  /** Changes from when or until when it holds. @throws AgencyError not-found, conflict, invalid-request. */
  async limit(id: string, validity: Validity): Promise<Agreement> {
    return await this.parts.store.save(withValidity(await this.found(id), validity, this.parts.clock.now()));
  }

  private async conclude(offer: AgreementOffer, signature: string): Promise<Agreement> {
    const { store, signer, clock, ids, responder } = this.parts;
    const now = clock.now();
    const { effectiveFrom = null, effectiveUntil = null } = offer;
    const pending = { ...unborn, id: ids.next(), offer };
    const accepted = transition(withValidity(pending, { effectiveFrom, effectiveUntil }, now), 'accept', now);
    const signatures: readonly Signature[] = [
      { party: offer.initiator, of: 'offer', value: signature },
      { party: responder, of: 'agreement', value: await signer.sign(concludedText(accepted)) },
    ];
    const agreement = { ...accepted, signatures };
    await store.insert(agreement);
    return agreement;
  }

  private async found(id: string): Promise<Agreement> {
    const agreement = await this.parts.store.get(id);
    if (!agreement) throw notFound(id);
    return agreement;
  }
}

const undecided: Decision = { decision: 'refuse', reason: 'nothing here decides on such an offer' };

const unborn: Omit<Agreement, 'id' | 'offer'> = {
  state: 'pending',
  agreedAt: null,
  effectiveFrom: null,
  effectiveUntil: null,
  suspensions: [],
  signatures: [],
  levels: [],
  version: 1,
};
