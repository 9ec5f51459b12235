import type { CallFile } from './call-file.js';
import type { AgencyClient } from './client.js';
import type { Terminal } from './terminal.js';

export interface Submission {
  readonly id: string;
}

/** Submits a call and says so; secrets that were made for its webhooks are shown this once. */
export async function submitCall(file: CallFile, client: AgencyClient, terminal: Terminal): Promise<Submission> {
  const entity = await client.submit(file.text);
  const secrets = (entity.attributes['agency.cfp.webhook_secrets'] ?? []) as readonly string[];
  terminal.tell(`Submitted ${file.name} as ${entity.id}.`, { type: 'submitted', cfp: entity.id, name: file.name, secrets });
  for (const secret of secrets) terminal.tell(`  Signs its webhook, shown only now: ${secret}`);
  return { id: entity.id };
}
