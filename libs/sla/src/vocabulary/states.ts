/** The states that a client meets, in entities and as the events `cfp.<state>` and `agreement.<state>` (CFP.md 3, OCCI.md 1.4). */
export const cfpStates = [
  'draft',
  'open',
  'evaluating',
  'proposed',
  'accepted',
  'provisioning',
  'fulfilled',
  'refused',
  'rejected',
  'expired',
  'cancelled',
  'failed',
] as const;
export type CfpState = (typeof cfpStates)[number];

export const agreementStates = ['pending', 'accepted', 'rejected', 'suspended', 'terminated'] as const;
export type AgreementState = (typeof agreementStates)[number];
