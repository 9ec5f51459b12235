import { RefusedRequest } from '../client.js';
import type { AgencyClient } from '../client.js';

/** Accepts or rejects what is proposed: a proposal of a call, or of a renegotiation. @returns which it was. */
export async function decide(
  client: AgencyClient,
  id: string,
  action: 'accept' | 'reject',
): Promise<'proposal' | 'renegotiation'> {
  try {
    await client.act('proposal', id, action);
    return 'proposal';
  } catch (error) {
    if (!(error instanceof RefusedRequest) || error.status !== 404) throw error;
    if (!(await isRenegotiation(client, id))) throw error;
  }
  await client.act('renegotiation', id, action);
  return 'renegotiation';
}

async function isRenegotiation(client: AgencyClient, id: string): Promise<boolean> {
  try {
    await client.entity('renegotiation', id);
    return true;
  } catch (error) {
    if (error instanceof RefusedRequest && error.status === 404) return false;
    throw error;
  }
}
