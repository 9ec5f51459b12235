import { isoTime } from '@cloud-agency/runtime';
import { type AgreedMachine, type AgreedTerm, renderAgreement } from '@cloud-agency/sla';
import type { AgencyStore } from '../../store/agency-store.js';
import { type AgreementRow, type PlacementState, parsed, type ResourceState } from '../../store/tables.js';
import type { MeasuredTerm } from './agreement-terms.js';
import { type WsagType, writtenAs } from './wsag-types.js';

/** An agreement as it is at this moment, as the properties that WS-Agreement gives it. */
export async function agreementAs(
  type: WsagType,
  row: AgreementRow,
  terms: readonly MeasuredTerm[],
  tables: AgencyStore['tables'],
): Promise<string> {
  const cfp = await tables.selectFrom('cfp').select('call').where('id', '=', row.cfp).executeTakeFirstOrThrow();
  const proposal = await tables.selectFrom('proposal').select('plan').where('id', '=', row.proposal).executeTakeFirstOrThrow();
  const instants = { agreedAt: row.agreed_at, effectiveFrom: row.effective_from, effectiveUntil: row.effective_until };
  const agreement = renderAgreement({
    ...{ id: row.id, call: parsed(cfp.call), client: row.tenant, state: row.state, cost: parsed(proposal.plan).cost },
    ...Object.fromEntries(Object.entries(instants).flatMap(([name, at]) => (at === null ? [] : [[name, isoTime(at)]]))),
    machines: await machinesOf(row.id, tables),
    terms: terms.map(agreedTerm),
  });
  return writtenAs(type, agreement);
}

/** Every machine that is there or on its way; none of those that are gone. */
async function machinesOf(agreement: string, tables: AgencyStore['tables']): Promise<readonly AgreedMachine[]> {
  const placements = await tables
    .selectFrom('placement')
    .innerJoin('resource', 'resource.id', 'placement.resource')
    .select(['placement.item as item', 'placement.offer as offer', 'placement.address as address'])
    .select(['placement.state as state', 'resource.id as resource', 'resource.state as shown'])
    .where('placement.agreement', '=', agreement)
    .where('placement.state', 'not in', ['failed', 'deleted'])
    .orderBy('placement.requested_at')
    .orderBy('placement.id')
    .execute();
  return placements.map(({ item, offer, address, state, resource, shown }) => ({
    ...{ item, offer: parsed(offer), location: `/compute/${resource}`, state: stateOf(state, shown) },
    ...(address !== null && { address }),
  }));
}

/** A machine that is there does what its compute says. */
function stateOf(placement: PlacementState, compute: ResourceState): AgreedMachine['state'] {
  if (placement === 'cancelling' || placement === 'orphaned') return 'leaving';
  if (placement !== 'active') return 'coming';
  if (compute === 'active') return 'active';
  return compute === 'error' ? 'failing' : 'resting';
}

const agreedTerm = ({ index, resource, state, wanted, unit, measured }: MeasuredTerm): AgreedTerm => ({
  ...{ index, state, wanted, unit },
  ...(resource !== null && { of: `/compute/${resource}` }),
  ...(measured !== null && { measured }),
});
