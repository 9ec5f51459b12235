/** The built Agency with all its rooms, and a simulated cloud behind them. */
import fc from 'fast-check';
import { Agent } from 'node:http';
import { type Attempt, attempt } from '../../apps/agency/test/front/attempts.js';
import { acceptable, type Received, send } from '../../apps/agency/test/front/sending.js';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';

/** Every compute that comes of it is brokered and provisioned, so there are fewer here than of what is only parsed. */
const requests = Math.ceil(Number(process.env.FUZZ_CASES ?? 300) / 10);

const agent = new Agent({ keepAlive: true });
let agency: AgencyProcess;
beforeAll(async () => {
  agency = await AgencyProcess.start({ clouds: ['linode'], environment: { AGENCY_RATE_LIMIT: '100000' } });
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await agency.stopAndForget();
});

/** What was created last, by the name of its kind. */
const paths = new Map<string, string>();
function remember({ location }: Received): void {
  const { pathname } = new URL(location ?? '', agency.url);
  const [, kind, id] = pathname.split('/');
  if (kind && id) paths.set(kind, pathname);
}

/** What is asked of the first of a kind is asked of one that there is. */
function atReal({ path, body, ...rest }: Attempt): Attempt {
  const real = (text: string): string =>
    text.replace(/\/(\w+)\/[12](?!\w)/g, (written, kind: string) => paths.get(kind) ?? written);
  return { ...rest, path: real(path), body: real(body) };
}

it('answers whatever is sent, and goes on with its work', async () => {
  const several = fc.array(attempt, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(several, async (all) => {
      const received = await Promise.all(all.map((one) => send(agency.url, agent, atReal(one))));
      received.forEach((one, index) => {
        acceptable(one, all[index] as Attempt);
        remember(one);
      });
    }),
    { numRuns: Math.ceil(requests / 3.5) },
  );
  expect(agency.said()).not.toContain('A request failed for a reason nobody foresaw.');
  const client = new Client(agency.url);
  const kind = 'http://schemas.ogf.org/occi/infrastructure#compute';
  const { headers } = await client.request('POST', '/compute/', JSON.stringify({ kind }), {
    'content-type': 'application/occi+json',
  });
  const path = new URL(String(headers.location)).pathname;
  await eventually(async () => {
    expect((await client.get(path)).attributes['occi.compute.state']).toBe('active');
  });
});
