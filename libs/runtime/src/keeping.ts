import { parseQuantity } from '@cloud-agency/sla';
import type { ConfiguredKeeping } from './config.js';

/** `keep` of AGENCY_CONFIG with every default filled in: how long the Agency keeps what it has told and heard, and the record of what has ended, ms. */
export interface KeepingSettings {
  readonly events: number;
  readonly conversations: number;
  readonly ended: number;
}

const usual = { events: '30 d', conversations: '90 d', ended: '1100 d' };

/** For what was checked when the configuration was read. @throws AgencyError for what is no duration. */
export function keepingOf(configured: ConfiguredKeeping = {}): KeepingSettings {
  const kept = { ...usual, ...configured };
  const ms = (text: string): number => parseQuantity(text, 'duration');
  return { events: ms(kept.events), conversations: ms(kept.conversations), ended: ms(kept.ended) };
}
