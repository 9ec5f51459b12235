import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import axios from 'axios';
import type { Clock } from './clock.js';
import { Account, type AgencyConfig } from './config.js';

/** How long a testbed that starts at the same time may take. */
const patienceMs = 30_000;
const retryMs = 200;

/**
 * With `testbed: URL` in the configuration, the accounts that the testbed there offers come after the configured ones.
 * @throws AgencyError child-ended when it does not answer, invalid-setting when what answers is no testbed or names an account as one of ours.
 */
export async function withTestbedAccounts(config: AgencyConfig, clock: Clock): Promise<AgencyConfig> {
  const url = config.testbed;
  if (!url?.startsWith('http')) return config;
  const accounts = accountsIn(await answerOf(url, clock), url);
  const doubled = accounts.find(({ name }) => config.accounts.some((account) => account.name === name));
  if (doubled) throw invalid(`'${doubled.name}' is an account of the testbed at ${url}: give the configured one another name.`);
  return { ...config, accounts: [...config.accounts, ...accounts] };
}

const Accounts = Type.Array(Account);

function accountsIn(answer: unknown, url: string): readonly Account[] {
  if (Value.Check(Accounts, answer)) return answer;
  throw invalid(`testbed is ${url}, where something answers that is no testbed. Give the URL of one, on, or off.`);
}

async function answerOf(url: string, clock: Clock): Promise<unknown> {
  const deadline = clock.now() + patienceMs;
  for (;;) {
    try {
      const { data } = await axios.get<unknown>(new URL('/accounts', url).href, { timeout: 5_000, proxy: false });
      return data;
    } catch (cause) {
      const reason = reasonOf(cause);
      if (clock.now() >= deadline) throw new AgencyError('child-ended', { what: `The testbed at ${url}`, reason }, { cause });
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}

const invalid = (message: string): AgencyError => new AgencyError('invalid-setting', { message: `AGENCY_CONFIG: ${message}` });
