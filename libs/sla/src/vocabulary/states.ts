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

/** Of a renegotiation of a running agreement (ADR 20). From `accepted` on its machines are on their way; a failure leaves the agreement as it was. */
export const renegotiationStates = [
  'open',
  'proposed',
  'accepted',
  'carrying-out',
  'done',
  'unchanged',
  'rejected',
  'expired',
  'failed',
] as const;
export type RenegotiationState = (typeof renegotiationStates)[number];

export const agreementStates = ['pending', 'accepted', 'rejected', 'suspended', 'terminated'] as const;
export type AgreementState = (typeof agreementStates)[number];
