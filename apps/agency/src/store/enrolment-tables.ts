/** The agents of resources: what a machine has to know to find the Agency, and how far each has come (docs/resource-agent.md). */
import type { Kysely } from 'kysely';
import { createTable } from './create-table.js';

/** One row, 'agents': where agents find the Agency, for everybody who orders machines. */
export interface AgentDoorRow {
  id: string;
  url: string;
  /** Of the Agency's own authority, PEM. */
  certificate: string;
  /** The authority's key under AGENCY_VAULT_KEY, where several processes share it; null: it is a file of the data directory. */
  sealed_key: string | null;
  /** sha256 of the agent that is served, hexadecimal. */
  script: string;
}

/** The agent that a placement was ordered with. */
export interface EnrolmentRow {
  placement: string;
  /** sha256 of its one-time token, hexadecimal; the token itself is in the machine's user data alone. */
  token: string;
  token_until: number;
  /** sha256 of the public key that the token was used for (SubjectPublicKeyInfo); null: it was not used yet. */
  public_key: string | null;
  enrolled_at: number | null;
  /** When its present certificate ends. */
  certified_until: number | null;
  /** Why it was refused last, so that the same is told once. */
  refused: string | null;
}

export async function createEnrolment(database: Kysely<unknown>): Promise<void> {
  await createTable(database, 'agent_door', {
    id: 'text',
    url: 'text',
    certificate: 'text',
    sealed_key: 'text?',
    script: 'text',
  });
  const columns = {
    placement: 'text',
    token: 'text',
    token_until: 'bigint',
    public_key: 'text?',
    enrolled_at: 'bigint?',
    certified_until: 'bigint?',
    refused: 'text?',
  };
  await createTable(database, 'enrolment', columns, ['token']);
}
