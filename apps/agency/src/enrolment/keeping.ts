/** Where the authority's key is kept: never in the clear but in a file that its owner alone can read (docs/adr/0015). */
import { AgencyError } from '@cloud-agency/errors';
import { seal, unseal } from '@cloud-agency/runtime';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AgencyStore } from '../store/agency-store.js';
import { Authority, newKey } from './authority.js';

const door = 'agents';
const keyFile = 'agent-authority.pem';

/** How the key is kept: in the data directory, or in the store under a passphrase, for all processes that share that. */
export type Keeping = { readonly directory: string } | { readonly passphrase: string };

/**
 * The authority of this Agency, which is made at the first start; `url` and `script` are put down beside its certificate, for those who order
 * machines. Safe to repeat, and to do at the same time as others.
 * @throws AgencyError data-directory-damaged when its key is gone or is another, invalid-setting when it does not open.
 */
export async function openAuthority(
  store: AgencyStore,
  keeping: Keeping,
  { url, script }: { readonly url: string; readonly script: string },
): Promise<Authority> {
  const known = await store.tables.selectFrom('agent_door').selectAll().executeTakeFirst();
  if (known) {
    await store.tables.updateTable('agent_door').set({ url, script }).where('id', '=', door).execute();
    return await resumed(keeping, known);
  }
  const key = 'directory' in keeping ? keyIn(join(keeping.directory, keyFile)) : newKey();
  const founded = await Authority.found(key, store.now());
  await store.tables
    .insertInto('agent_door')
    .values({
      id: door,
      url,
      script,
      certificate: founded.certificate,
      sealed_key: 'passphrase' in keeping ? seal(key, keeping.passphrase) : null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const kept = await store.tables.selectFrom('agent_door').selectAll().executeTakeFirstOrThrow();
  return kept.certificate === founded.certificate ? founded : await resumed(keeping, kept);
}

async function resumed(
  keeping: Keeping,
  { certificate, sealed_key: sealed }: { readonly certificate: string; readonly sealed_key: string | null },
): Promise<Authority> {
  if ('passphrase' in keeping) {
    if (sealed === null) throw damaged('the store', 'its key of the authority for agents is a file of another process');
    return (await Authority.resume(unseal(sealed, keeping.passphrase), certificate)) ?? mismatch('the store');
  }
  const file = join(keeping.directory, keyFile);
  if (!existsSync(file)) throw damaged(keeping.directory, `${keyFile}, the key of its authority for agents, is gone`);
  return (await Authority.resume(readFileSync(file, 'utf8'), certificate)) ?? mismatch(keeping.directory);
}

/** Made before its certificate is put down: a crash in between leaves a key that is used the next time. */
function keyIn(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const key = newKey();
  const descriptor = openSync(`${file}.new`, 'w', 0o600);
  writeSync(descriptor, key);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(`${file}.new`, file);
  return key;
}

const damaged = (directory: string, reason: string): AgencyError =>
  new AgencyError('data-directory-damaged', { directory, reason });

function mismatch(directory: string): never {
  throw damaged(directory, `its key of the authority for agents does not belong to the authority's certificate`);
}
