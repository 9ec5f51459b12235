import type { InformMessage } from '@cloud-agency/bus';
import type { Outgoing } from '@cloud-agency/store';
import type { Failure, Placement } from './placements.js';

type Reported = Pick<Placement, 'id' | 'vendor_id' | 'address' | 'order'>;

/** The words in which an agent reports on a placement. */
export const reports = {
  building: (placement: Reported, vendorId: string): Outgoing =>
    inform(placement, 'building', `The vendor is building it as ${vendorId}.`, { vendorId }),
  active: (placement: Reported, address: string): Outgoing =>
    inform(placement, 'active', `It is running at ${address}.`, { address }),
  deleted: (placement: Reported): Outgoing => inform(placement, 'deleted', 'It is gone at the vendor.'),
  orphaned: (placement: Reported, reason: string): Outgoing =>
    inform(
      placement,
      'orphaned',
      `It cannot be deleted at the vendor and may still cost money; deleting is retried. Last answer: ${reason}`,
    ),
  ending: (placement: Reported, at: number | null, message: string): Outgoing =>
    inform(
      placement,
      'ending',
      `The vendor will take it back${at === null ? '' : ` at ${new Date(at).toISOString()}`}: ${message}`,
    ),
  repriced: (placement: Reported, price: number): Outgoing => ({
    ...inform(placement, 'repriced', `The vendor asks ${String(Number(price.toFixed(6)))} USD an hour for it now.`),
    price,
  }),
  retiring: (placement: Reported): Outgoing =>
    inform(placement, 'retiring', `The vendor does not sell ${placement.order?.instanceType ?? 'its size'} there any more.`),
  lost: (placement: Reported): Outgoing =>
    inform(
      placement,
      'lost',
      `The vendor does not know ${placement.vendor_id ?? 'it'} any more, although nobody asked for its end.`,
    ),
  found: (placement: Reported): Outgoing => inform(placement, 'found', 'It is there again at the vendor.'),
  failure: (placement: Reported, failure: Failure): Outgoing => ({
    performative: 'failure',
    placement: placement.id,
    offer: placement.order?.offer ?? 'none',
    reason: failure.reason,
    message: failure.message.slice(0, 4_000),
    vendorCode: failure.vendorCode,
  }),
};

type InformState = InformMessage['state'];

function inform(
  placement: Reported,
  state: InformState,
  message: string,
  known: { vendorId?: string; address?: string } = {},
): Extract<Outgoing, { readonly performative: 'inform' }> {
  return {
    performative: 'inform',
    placement: placement.id,
    state,
    vendorId: known.vendorId ?? placement.vendor_id,
    address: known.address ?? placement.address,
    message: message.slice(0, 4_000),
  };
}
