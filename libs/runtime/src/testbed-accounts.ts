import { AgencyError } from '@cloud-agency/errors';
import axios from 'axios';
import type { Clock } from './clock.js';
import type { Account, AgencyConfig } from './config.js';

/** How long a testbed that starts at the same time may take. */
const patienceMs = 30_000;
const retryMs = 200;

/**
 * With `testbed: URL` in the configuration, the accounts that the testbed there offers come after the configured ones.
 * @throws AgencyError child-ended when it does not answer.
 */
export async function withTestbedAccounts(config: AgencyConfig, clock: Clock): Promise<AgencyConfig> {
  const url = config.testbed;
  if (!url?.startsWith('http')) return config;
  const accounts = await accountsOf(url, clock);
  return { ...config, accounts: [...config.accounts, ...accounts] };
}

async function accountsOf(url: string, clock: Clock): Promise<readonly Account[]> {
  const deadline = clock.now() + patienceMs;
  for (;;) {
    try {
      const { data } = await axios.get<readonly Account[]>(new URL('/accounts', url).href, { timeout: 5_000, proxy: false });
      return data;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (clock.now() >= deadline) throw new AgencyError('child-ended', { what: `The testbed at ${url}`, reason }, { cause });
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}
