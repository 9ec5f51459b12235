import { AgencyError, reasonOf } from '@cloud-agency/errors';
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
 * @throws AgencyError invalid-setting without a passphrase, unreadable-file where its file cannot be read, and what Vault.open throws.
 */
export function openVault(environment: Environment): Vault {
  return Vault.open(vaultFile(environment), passphraseOf(environment));
}

/** The passphrase of the vault, for what else is to be read by nobody without it. @throws AgencyError invalid-setting when none is set. */
export const vaultPassphrase = (environment: Record<string, string | undefined>): string =>
  passphraseOf({ ...environment, AGENCY_VAULT_KEY: secretSource(environment).variable('AGENCY_VAULT_KEY') });

function passphraseOf({ AGENCY_VAULT_KEY: key, AGENCY_VAULT_KEY_FILE: file }: Environment): string {
  if (key) return key;
  if (file) return passphraseIn(file);
  throw new AgencyError('invalid-setting', {
    message: 'The vault needs its passphrase: set AGENCY_VAULT_KEY, or AGENCY_VAULT_KEY_FILE to a file that holds it.',
  });
}

function passphraseIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new AgencyError('unreadable-file', { file: `${file} (AGENCY_VAULT_KEY_FILE)`, reason }, { cause });
  }
}

/** What has been taken out of an environment, so that it is found again. */
const taken = new WeakMap<object, Map<string, string>>();

/**
 * Where the credentials of a configuration are looked up. The vault is opened when the first is asked of it. A variable that has been read is
 * taken out of the environment: neither a child of the process nor a diagnostic report of Node, which lists the environment, shows it.
 */
export function secretSource(environment: Record<string, string | undefined>): SecretSource {
  const known = taken.get(environment) ?? new Map<string, string>();
  taken.set(environment, known);
  let vault: Vault | undefined;
  const variable = (name: string): string | undefined => {
    const value = environment[name] ?? known.get(name);
    if (value) known.set(name, value);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- an environment has no other way to forget
    delete environment[name];
    return value;
  };
  const open = (): Vault => {
    const [key, file] = [variable('AGENCY_VAULT_KEY'), environment.AGENCY_VAULT_KEY_FILE];
    return openVault({ ...environment, AGENCY_VAULT_KEY: key, AGENCY_VAULT_KEY_FILE: file });
  };
  return {
    variable,
    read: (path) => readFileSync(path, 'utf8'),
    vault: (name) => (vault ??= open()).get(name),
  };
}
