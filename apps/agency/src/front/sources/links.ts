import {
  agreementId,
  cfpId,
  computeId,
  type Entity,
  messageId,
  proposalId,
  renegotiationId,
  violationId,
} from '@cloud-agency/occi';
import type { EntityQuery, EntitySource } from '../entity-source.js';

interface End {
  readonly location: string;
  readonly kind: string;
}

/**
 * The links that the Agency itself draws, as entities of their own. Each leads to one entity, whose id it shares, and from the one that this
 * names; so they come and go with it, and a client can neither make nor break them.
 */
export class LinkSource implements EntitySource {
  constructor(
    readonly kind: string,
    private readonly targets: EntitySource,
    private readonly ends: (target: Entity) => { readonly source: End; readonly target: End },
  ) {}

  async list(query: EntityQuery): Promise<readonly Entity[]> {
    const targets = await this.targets.list({ ...query, filters: { categories: [], attributes: {} } });
    return targets.map((target) => this.link(target));
  }

  async get(id: string, tenant: string): Promise<Entity | undefined> {
    const target = await this.targets.get(id, tenant);
    return target && this.link(target);
  }

  private link(of: Entity): Entity {
    const { source, target } = this.ends(of);
    return {
      kind: this.kind,
      id: of.id,
      mixins: [],
      attributes: {
        'occi.core.source': source.location,
        'occi.core.target': target.location,
        'occi.core.source.kind': source.kind,
        'occi.core.target.kind': target.kind,
      },
      actions: [],
      links: [],
    };
  }
}

function text(entity: Entity, name: string): string {
  const value = entity.attributes[name];
  return typeof value === 'string' ? value : '';
}

/** From agreements to the machines they cover. */
export const agreementLinks = (computes: EntitySource): EntitySource =>
  new LinkSource('http://schemas.ogf.org/occi/sla#agreement_link', computes, (compute) => ({
    source: { location: `/agreement/${text(compute, 'agency.agreement')}`, kind: agreementId },
    target: { location: `/compute/${compute.id}`, kind: computeId },
  }));

/** From calls to their proposals. */
export const proposalLinks = (proposals: EntitySource): EntitySource =>
  new LinkSource('http://schemas.cloud-agency.dev/occi/agency#proposal_link', proposals, (proposal) => ({
    source: { location: `/cfp/${text(proposal, 'agency.proposal.cfp')}`, kind: cfpId },
    target: { location: `/proposal/${proposal.id}`, kind: proposalId },
  }));

/** From calls to what was said in their negotiations. */
export const messageLinks = (messages: EntitySource): EntitySource =>
  new LinkSource('http://schemas.cloud-agency.dev/occi/agency#message_link', messages, (message) => ({
    source: { location: `/cfp/${text(message, 'agency.message.conversation')}`, kind: cfpId },
    target: { location: `/message/${message.id}`, kind: messageId },
  }));

/** From agreements to their violations. */
export const violationLinks = (violations: EntitySource): EntitySource =>
  new LinkSource('http://schemas.cloud-agency.dev/occi/agency#violation_link', violations, (violation) => ({
    source: { location: `/agreement/${text(violation, 'agency.violation.agreement')}`, kind: agreementId },
    target: { location: `/violation/${violation.id}`, kind: violationId },
  }));

/** From agreements to their renegotiations. */
export const renegotiationLinks = (renegotiations: EntitySource): EntitySource =>
  new LinkSource('http://schemas.cloud-agency.dev/occi/agency#renegotiation_link', renegotiations, (renegotiation) => ({
    source: { location: `/agreement/${text(renegotiation, 'agency.renegotiation.agreement')}`, kind: agreementId },
    target: { location: `/renegotiation/${renegotiation.id}`, kind: renegotiationId },
  }));
