import type { Call } from './call.js';
import { badRequest, notFound } from './fco-error.js';
import { type DiskOffer, diskOffersOf } from './offers.js';

/** @throws FcoError 404 */
export function diskOfferCalled({ cloud }: Call, id: string): DiskOffer {
  const offer = diskOffersOf(cloud).find((candidate) => candidate.id === id);
  if (offer) return offer;
  throw notFound(`PRODUCTOFFER ${id} for disks`);
}

/** The size wished for, or the offer's own, GB. @throws FcoError 400 for one that the offer does not have. */
export function gibOf({ name, least, most }: DiskOffer, wished: number | null | undefined): number {
  const gib = wished ?? least;
  if (gib >= least && gib <= most) return gib;
  throw badRequest(`A ${name} has ${least} to ${most} GB`);
}
