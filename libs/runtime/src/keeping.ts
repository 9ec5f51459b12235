import { parseQuantity } from '@cloud-agency/sla';
import type { ConfiguredKeeping } from './config.js';

/** `keep` of AGENCY_CONFIG with every default filled in: how long the Agency keeps what it has told and heard, ms. */
export interface KeepingSettings {
  readonly events: number;
  readonly conversations: number;
}

const usual = { events: '30 d', conversations: '90 d' };

/** For what was checked when the configuration was read. @throws AgencyError for what is no duration. */
export function keepingOf(configured: ConfiguredKeeping = {}): KeepingSettings {
  const { events, conversations } = { ...usual, ...configured };
  return { events: parseQuantity(events, 'duration'), conversations: parseQuantity(conversations, 'duration') };
}
