/**
 * negotiation: calls answered a second over ten vendor agents of a thousand offers each, in two processes, beside bare scatter-gathers with a
 * durable write each; the Agency's own part of a call; ten rounds over fifty vendors beside ten bare scatter-gathers; and how soon ten
 * thousand open conversations are in hand again after a kill -9.
 */
import { figure, median, quantile, target } from './figures.mjs';
import { forget, openEvents, scratch, startTestbed } from './running.mjs';
import { startSeparately } from './separate.mjs';
import { accountsOfAThousand } from './thousand-offers.mjs';

const part = 'negotiation';
const call = (name, more = '') => `
apiVersion: cloud-agency/v1
kind: CallForProposals
name: ${name}
resources: { web: { kind: compute, require: { cores: ">= 2", memory: ">= 4 GiB" } } }
${more}`;

async function post(url, document) {
  const begun = performance.now();
  const response = await fetch(new URL('/cfp/', url), {
    method: 'POST',
    headers: { 'content-type': 'application/yaml', accept: 'application/json' },
    body: document,
  });
  if (response.status !== 201) throw new Error(`POST /cfp/ answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  return { id: response.headers.get('location').split('/').at(-1), begun };
}

async function answered(url, events, document) {
  const { id, begun } = await post(url, document);
  const { at } = await events.wait((event) => event.type === 'cfp.proposed' && event.subject === `/cfp/${id}`);
  return { id, taken: at - begun };
}

/** Calls answered in ten seconds by so many clients at once. */
async function rate(url, events, clients) {
  const seconds = 10;
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let turn = 0; performance.now() < until; turn += 1) {
        await answered(url, events, call(`rate-${client}-${turn}`));
        done += 1;
      }
    }),
  );
  return done / seconds;
}

const inGroups = (accounts, groups) =>
  Array.from({ length: groups }, (_, group) => accounts.filter((_account, index) => index % groups === group));

async function tenVendors(testbed) {
  const directory = await scratch();
  const accounts = await accountsOfAThousand(testbed, directory, 10);
  const agency = await startSeparately({ directory, groups: inGroups(accounts, 2) });
  const events = await openEvents(agency.url);
  for (let warm = 0; warm < 30; warm += 1) await answered(agency.url, events, call(`warm-${warm}`));
  const rates = [];
  for (let turn = 0; turn < 3; turn += 1) rates.push(await rate(agency.url, events, 32));
  figure(part, 'durable calls answered, 10 agents of 1,000 offers, median of 3', '1/s', median(rates), {
    name: 'target',
    value: 150,
  });
  target('150 durable calls a second', median(rates) >= 150, `${Math.round(median(rates))} a second`);
  await events.close();
  await agency.stop();
  await forget(directory);
}

const directory = await scratch();
const testbed = await startTestbed(directory, ['aws']);
await tenVendors(testbed);
await testbed.stop();
await forget(directory);
