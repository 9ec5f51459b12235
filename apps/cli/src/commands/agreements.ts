import { type Agreement, agreementOf } from '../entities/agreement.js';
import { listing } from '../listing.js';
import { accountLines, standing, titleOf } from '../views/sla-board.js';
import { reactionLines } from '../views/reactions.js';

export const agreements = listing<Agreement>({
  name: 'agreements',
  description: 'List the agreements and how their guarantees stand',
  kind: 'agreement',
  heads: [{ title: 'ID' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'AGREED AT' }, { title: 'GUARANTEES' }],
  read: agreementOf,
  row: (agreement) => [
    agreement.id,
    agreement.name,
    agreement.state,
    agreement.agreedAt,
    [...agreement.terms.map((term) => `${titleOf(term)} of ${term.of}: ${standing(term)}`), ...accountLines(agreement)].join(
      '\n',
    ),
  ],
  below: ({ reactions }) => reactionLines(reactions),
  as: { option: 'openslo', description: 'what it promises, as OpenSLO', type: 'application/openslo+yaml' },
  none: 'There are no agreements yet.',
});
