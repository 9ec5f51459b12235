import { isoTime } from '@cloud-agency/runtime';
import { offerIdOf, renderCounterOffer } from '@cloud-agency/sla';
import { quoteMs } from '../../agreements/acceptance.js';
import { type CfpRow, parsed, type ProposalRow } from '../../store/tables.js';
import { type WsagType, writtenAs } from './wsag-types.js';

/** A proposal as the counter offer that it is to the client's offer; a call that is none is answered by its id. `now` in ms since 1970. */
export function proposalAs(
  type: WsagType,
  proposal: ProposalRow,
  cfp: Pick<CfpRow, 'id' | 'call' | 'document'>,
  now: number,
): string {
  const { assignments, cost } = parsed(proposal.plan);
  const expires = proposal.created_at + quoteMs;
  const closed = closedBy(proposal.state, expires <= now);
  const counterOffer = renderCounterOffer({
    ...{ id: proposal.id, call: parsed(cfp.call), answers: offerIdOf(cfp.document) ?? cfp.id, cost },
    placed: assignments,
    expires: isoTime(expires),
    ...(closed !== undefined && { closed }),
  });
  return writtenAs(type, counterOffer);
}

/** Of an accepted one an agreement was made: nothing closed it. */
function closedBy(state: ProposalRow['state'], isExpired: boolean): string | undefined {
  if (state === 'proposed') return isExpired ? 'expired' : undefined;
  return state === 'accepted' ? undefined : state;
}
