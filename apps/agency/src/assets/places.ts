/** Where machines, volumes and networks stand: in an account, a region and, volumes and machines, a zone of it. */
import { AgencyError } from '@cloud-agency/errors';
import type { AssetRow } from '../store/tables.js';

export interface Place {
  readonly agent: string;
  readonly region: string;
  /** Null for networks, which span their region. */
  readonly zone: string | null;
}

/** Whether a volume here can be attached to a machine there. */
export const together = (a: Place, b: Place): boolean => a.agent === b.agent && a.region === b.region && a.zone === b.zone;

export const placeWords = ({ agent, region, zone }: Place): string =>
  [agent, region, zone].filter((one) => one !== null).join(', ');

/** CFP.md 5: both places are named. */
export const placedApart = (one: string, at: Place, other: string, otherAt: Place): AgencyError =>
  new AgencyError('conflict', { message: apartWords(one, at, other, otherAt) });

export const apartWords = (one: string, at: Place, other: string, otherAt: Place): string =>
  `${one} is at ${placeWords(at)}, ${other} at ${placeWords(otherAt)}: only what stands in one zone can be linked.`;

/** What a vendor's cloud must be able to do, in the words of its manifest. */
export const abilityFor: Readonly<Record<AssetRow['kind'], string>> = { storage: 'volumes', network: 'networks' };

/** Where an asset of this kind is realised for a machine at a place. */
export const placeFor = (kind: AssetRow['kind'], { agent, region, zone }: Place): Place => ({
  agent,
  region,
  zone: kind === 'storage' ? zone : null,
});
