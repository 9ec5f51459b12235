import { AgencyError } from '@cloud-agency/errors';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SecretSource } from './secret.js';
import { Vault } from './vault.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** AGENCY_VAULT, else vault.json in the data directory. */
export const vaultFile = (environment: Environment): string =>
  resolve(environment.AGENCY_VAULT || join(environment.AGENCY_DATA || '.agency', 'vault.json'));

/**
 * The vault that the environment names.
 * @throws AgencyError invalid-setting without a passphrase, and what Vault.open throws.
 */
export function openVault(environment: Environment): Vault {
  return Vault.open(vaultFile(environment), passphraseOf(environment));
}

function passphraseOf({ AGENCY_VAULT_KEY: key, AGENCY_VAULT_KEY_FILE: file }: Environment): string {
  if (key) return key;
  if (file) return readFileSync(file, 'utf8').trimEnd();
  throw new AgencyError('invalid-setting', {
    message: 'The vault needs its passphrase: set AGENCY_VAULT_KEY, or AGENCY_VAULT_KEY_FILE to a file that holds it.',
  });
}

/** Where the credentials of a configuration are looked up. The vault is opened when the first is asked of it. */
export function secretSource(environment: Environment): SecretSource {
  let vault: Vault | undefined;
  return {
    environment,
    read: (path) => readFileSync(path, 'utf8'),
    vault: (name) => (vault ??= openVault(environment)).get(name),
  };
}
