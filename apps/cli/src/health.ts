/** How an Agency that runs is, by what it tells its clients: the first thing to look at when something seems wrong (docs/failures.md). */
import { type AgencyClient, RefusedRequest } from './client.js';
import { agreementOf } from './entities/agreement.js';
import { vendorOf } from './entities/vendor.js';
import { webhookOf } from './entities/webhook.js';
import { plural } from './views/figures.js';

/** What was looked at. One that is no illness of the Agency's is worth knowing all the same. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  readonly isIllness: boolean;
}

/** One that cannot be asked says why in its own line; the others are told all the same. */
export async function healthOf(client: AgencyClient): Promise<readonly Finding[]> {
  const checks: Readonly<Record<string, (client: AgencyClient) => Promise<Omit<Finding, 'check'>>>> = {
    vendors,
    monitor,
    agreements,
    webhooks,
  };
  return await Promise.all(
    Object.entries(checks).map(async ([check, look]) => {
      try {
        return { check, ...(await look(client)) };
      } catch (error) {
        return { check, ...ill((error as Error).message) };
      }
    }),
  );
}

const well = (message: string): Omit<Finding, 'check'> => ({ ok: true, message, isIllness: false });
const ill = (message: string): Omit<Finding, 'check'> => ({ ok: false, message, isIllness: true });
const worthKnowing = (message: string): Omit<Finding, 'check'> => ({ ok: false, message, isIllness: false });

async function vendors(client: AgencyClient): Promise<Omit<Finding, 'check'>> {
  const all = (await client.entities('vendor')).map(vendorOf);
  const wrong = all.filter(({ state }) => state !== 'alive');
  if (all.length === 0) return ill('no vendor agent has announced itself: calls are refused; look whether vendor-agents runs');
  if (wrong.length === 0) return well(`all ${plural(all.length, 'agent')} alive`);
  return ill(wrong.map(({ name, state, message }) => `${name} ${state}${message ? `: ${message}` : ''}`).join('; '));
}

/** It speaks on the bus alone; that it answers is seen where the archive is asked about a machine. */
async function monitor(client: AgencyClient): Promise<Omit<Finding, 'check'>> {
  const [compute] = await client.entities('compute', {}, 1);
  if (!compute) return well('has nothing to measure yet');
  try {
    await client.history({ resource: compute.id, metric: 'up' });
    return well('answers');
  } catch (error) {
    if (error instanceof RefusedRequest && error.code === 'archive-unreachable')
      return ill('none answers: nothing is measured, and no guarantee is judged; look whether the monitor runs');
    throw error;
  }
}

async function agreements(client: AgencyClient): Promise<Omit<Finding, 'check'>> {
  const running = (await client.entities('agreement', { 'occi.agreement.state': 'accepted' })).map(agreementOf);
  const violated = running.filter(({ terms }) => terms.some(({ state }) => state === 'violated'));
  const down = running.flatMap(({ health }) => health.filter(({ state }) => state === 'down'));
  const wrong = [
    ...violated.map(({ id, name }) => `a guarantee of ${name} is violated: agency explain ${id}`),
    ...down.map(({ title, resource }) => `${title ?? resource} is down`),
  ];
  return wrong.length > 0 ? worthKnowing(listed(wrong)) : well(`${plural(running.length, 'agreement')}, all kept`);
}

async function webhooks(client: AgencyClient): Promise<Omit<Finding, 'check'>> {
  const all = (await client.entities('webhook')).map(webhookOf);
  const wrong = all
    .filter(({ state, dead }) => state !== 'active' || dead > 0)
    .map(({ id, url, state, reason, waiting, dead }) => {
      const letters = dead > 0 ? `, ${plural(dead, 'dead letter')}: agency webhooks show ${id}` : '';
      return `${url} is ${state}${reason ? ` (${reason})` : ''}, ${plural(waiting, 'event')} waiting${letters}`;
    });
  return wrong.length > 0 ? worthKnowing(listed(wrong)) : well(`${plural(all.length, 'webhook')}, all taken`);
}

/** More than a few are better read elsewhere. */
const mostListed = 5;

function listed(lines: readonly string[]): string {
  const more = lines.length - mostListed;
  return [...lines.slice(0, mostListed), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('; ');
}
