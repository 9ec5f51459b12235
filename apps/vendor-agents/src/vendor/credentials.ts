import { AgencyError } from '@cloud-agency/errors';
import { type Account, resolveSecret, secretSource } from '@cloud-agency/runtime';
import type { OpenAccount, VendorModule } from './vendor-module.js';

const source = secretSource(process.env);

/**
 * The account with its credentials read from where its configuration says, if it has what its vendor needs.
 * @throws AgencyError invalid-setting naming the account and the field, never what it holds; unreadable-file.
 */
export function openAccount(
  account: Account,
  { credentials: fields, endpoint }: Pick<VendorModule, 'credentials' | 'endpoint'>,
): OpenAccount {
  if (endpoint === undefined && account.endpoint === undefined)
    throw wrong(account, "needs an 'endpoint': this vendor has none that is everybody's");
  const known = fields.map((field) => field.name);
  for (const name of Object.keys(account.credentials)) {
    if (!known.includes(name)) throw wrong(account, `does not know the credential '${name}'; it takes ${known.join(', ')}`);
  }
  for (const field of fields) {
    if (field.required && !account.credentials[field.name])
      throw wrong(account, `needs the credential '${field.name}' (${field.title})`);
  }
  const credentials = Object.entries(account.credentials).map(([name, secret]) => [name, resolveSecret(secret, source)]);
  return { ...account, credentials: Object.fromEntries(credentials) as Record<string, string> };
}

const wrong = (account: Account, problem: string): AgencyError =>
  new AgencyError('invalid-setting', { message: `The account '${account.name}' (${account.vendor}) ${problem}.` });
