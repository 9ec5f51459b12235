import { type Agreement, agreementOf } from '../entities/agreement.js';
import { listing } from '../listing.js';
import { accountLines, standing, subjectsOf, titleOf, worstFirst } from '../views/sla-board.js';
import { reactionLines } from '../views/reactions.js';

export const agreements = listing<Agreement>({
  name: 'agreements',
  description: 'List the agreements and how their guarantees stand',
  kind: 'agreement',
  heads: [{ title: 'ID' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'AGREED AT' }, { title: 'GUARANTEES' }],
  read: agreementOf,
  row: (agreement) => {
    const { id, name, state, agreedAt, terms } = agreement;
    const subject = subjectsOf(agreement);
    const stands = [...terms].sort(worstFirst).map((term) => `${titleOf(term)} of ${subject(term)}: ${standing(term)}`);
    return [id, name, state, agreedAt, [...stands, ...accountLines(agreement)].join('\n')];
  },
  below: ({ reactions }) => reactionLines(reactions),
  as: { option: 'openslo', description: 'what it promises, as OpenSLO', type: 'application/openslo+yaml' },
  none: 'There are no agreements yet.',
});
