import { type Renegotiation, renegotiationOf } from '../entities/agreement.js';
import { listing } from '../listing.js';
import { money } from '../views/renegotiation.js';

export const renegotiations = listing<Renegotiation>({
  name: 'renegotiations',
  description: 'List the renegotiations of agreements',
  kind: 'renegotiation',
  heads: [{ title: 'ID' }, { title: 'AGREEMENT' }, { title: 'CAUSE' }, { title: 'STATE' }, { title: 'GAIN' }, { title: 'WHY' }],
  read: renegotiationOf,
  row: ({ id, agreement, cause, state, gain, message }) => [id, agreement, cause, state, money(gain), message],
  none: 'No agreement has been renegotiated yet.',
});
