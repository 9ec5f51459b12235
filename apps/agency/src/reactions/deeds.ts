import { type Reaction, type ScaleByMachines, type ScaleBySize, tellsAlways } from '@cloud-agency/sla';
import type { ReactionAction, ReactionDetail } from '../store/tables.js';

/** What a rule does, as the tier carries it out. */
export interface Deed {
  readonly action: ReactionAction;
  readonly detail: ReactionDetail;
  /** Said of the machine while it is under way. */
  readonly doing: string;
}

/** Undefined for a rule whose every event goes to the webhooks by itself: `notify` without limits. */
export function deedOf(rule: Reaction): Deed | undefined {
  switch (rule.do) {
    case 'notify':
      return tellsAlways(rule) ? undefined : { action: 'notify', detail: {}, doing: 'told' };
    case 'replace':
      return { action: 'replace', detail: overlapOf(rule.overlap), doing: 'being replaced' };
    case 'migrate':
      // For a better price the agreement moves as a whole: what each machine saves depends on where the others go.
      if (rule.on === 'market.cheaper') return renegotiating(rule, 'best');
      return { action: 'migrate', detail: { ...overlapOf(rule.overlap), ...gainOf(rule) }, doing: 'being moved' };
    case 'scale':
      return scaling(rule);
    case 'renegotiate':
      return renegotiating(rule, rule.accept);
    case 'terminate':
      return { action: 'terminate', detail: {}, doing: 'the agreement being ended' };
  }
}

function scaling(rule: ScaleByMachines | ScaleBySize): Deed {
  if ('size' in rule) return { action: 'resize', detail: { size: rule.size }, doing: `being made ${rule.size}` };
  const detail = { by: rule.by, bound: rule.bound };
  return rule.by > 0
    ? { action: 'scale-out', detail, doing: 'machines being added' }
    : { action: 'scale-in', detail, doing: 'machines being given back' };
}

function renegotiating(rule: Reaction, accept: 'manual' | 'best'): Deed {
  return { action: 'renegotiate', detail: { accept, ...gainOf(rule) }, doing: 'being renegotiated' };
}

const overlapOf = (overlap: ReactionDetail['overlap']): ReactionDetail => (overlap === undefined ? {} : { overlap });
const gainOf = ({ leastGain }: Reaction): ReactionDetail => (leastGain === undefined ? {} : { leastGain });
