import { AgencyError } from '@cloud-agency/errors';
import type { Account } from '@cloud-agency/runtime';
import { openAccount } from '../vendor/credentials.js';
import { vendorNamed } from '../vendors/registry.js';

/**
 * Whether every account can be opened: its vendor, endpoint and credentials. No vendor is asked.
 * @throws AgencyError invalid-setting that tells all that is wrong at once, so that nobody has to start ten times.
 */
export function checkAccounts(accounts: readonly Account[]): void {
  const mistakes = accounts.flatMap((account) => {
    try {
      openAccount(account, vendorNamed(account.vendor));
      return [];
    } catch (error) {
      if (error instanceof AgencyError) return [named(account, error.message)];
      throw error;
    }
  });
  if (mistakes.length === 0) return;
  const [first = ''] = mistakes;
  const message =
    mistakes.length === 1 ? first : `The accounts cannot be used:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`;
  throw new AgencyError('invalid-setting', { message });
}

/** Some messages name the account by themselves. */
const named = ({ name }: Account, message: string): string =>
  message.includes(`account '${name}'`) ? message : `The account '${name}': ${message}`;
