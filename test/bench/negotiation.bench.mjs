/**
 * negotiation: calls answered a second over ten vendor agents of a thousand offers each, in two processes, beside bare scatter-gathers with a
 * durable write each; the Agency's own part of a call; ten rounds over fifty vendors beside ten bare scatter-gathers; and how soon ten
 * thousand open conversations are in hand again after a kill -9.
 */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { bareScatterGather } from './bare-scatter-gather.mjs';
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

const agent = new Agent({ keepAlive: true });

/** By node:http: fetch takes more of the cores that both sides share. */
async function post(url, document) {
  const begun = performance.now();
  const sent = request(new URL('/cfp/', url), {
    agent,
    method: 'POST',
    headers: { 'content-type': 'application/yaml', 'content-length': Buffer.byteLength(document), accept: 'application/json' },
  });
  sent.end(document);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 201) throw new Error(`POST /cfp/ answered ${response.statusCode}`);
  return { id: response.headers.location.split('/').at(-1), begun };
}

async function answered(url, events, document) {
  const { id, begun } = await post(url, document);
  const { at } = await events.first('cfp.proposed', `/cfp/${id}`);
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
  await ownPart(agency, events);
  await events.close();
  await agency.stop();
  await forget(directory);
}

/** From POST to proposals, less what the slowest vendor took: from the call on the bus to its answer. */
async function ownPart(agency, events) {
  const own = [];
  for (let turn = 0; turn < 200; turn += 1) {
    const { id, taken } = await answered(agency.url, events, call(`own-${turn}`));
    const messages = await messagesOf(agency.url, id);
    const times = messages.map(({ attributes }) => Date.parse(attributes['agency.message.at']));
    own.push(taken - (Math.max(...times) - Math.min(...times)));
  }
  const [middle, late] = [median(own), quantile(own, 0.99)];
  figure(part, "the Agency's own part of a call, p50 of 200", 'ms', middle, { name: 'target', value: 15 });
  figure(part, "the Agency's own part of a call, p99", 'ms', late, { name: 'target', value: 60 });
  target("the Agency's own part", middle <= 15 && late <= 60, `p50 ${middle.toFixed(1)} ms, p99 ${late.toFixed(1)} ms`);
}

async function messagesOf(url, cfp) {
  const headers = { accept: 'application/json', 'x-occi-attribute': `agency.message.conversation="${cfp}"` };
  const { resources } = await (await fetch(new URL('/message/', url), { headers })).json();
  return resources;
}

/** Ten rounds with fifty vendors that come down in each, beside ten bare scatter-gathers. */
async function tenRounds(testbed) {
  const directory = await scratch();
  const accounts = (await accountsOfAThousand(testbed, directory, 50)).map((account, index) => ({
    ...account,
    tactic: { use: 'time-dependent', floor: `${60 + (index % 30)} %`, beta: 0.5 + (index % 10) / 5, seed: index },
  }));
  const agency = await startSeparately({ directory, groups: inGroups(accounts, 2) });
  const events = await openEvents(agency.url);
  const rounds = 'negotiate: { rounds: 10 }';
  for (let warm = 0; warm < 5; warm += 1) await answered(agency.url, events, call(`warm-${warm}`, rounds));
  const times = [];
  let last;
  for (let turn = 0; turn < 15; turn += 1) {
    last = await answered(agency.url, events, call(`rounds-${turn}`, rounds));
    times.push(last.taken);
  }
  const reached = Math.max(
    ...(await messagesOf(agency.url, last.id)).map(({ attributes }) => attributes['agency.message.round']),
  );
  if (reached !== 10) throw new Error(`The negotiation ended after ${reached} rounds`);
  await events.close();
  await agency.stop();
  await forget(directory);
  const bare = await bareScatterGather(50, call('bare'));
  const yardstick = { name: 'ten bare NATS scatter-gathers', value: 10 * bare.median };
  figure(part, 'ten rounds with 50 vendors, median of 15', 'ms', median(times), yardstick);
  const ratio = median(times) / yardstick.value;
  target('ten rounds within 2 x ten bare scatter-gathers', ratio <= 2, `${ratio.toFixed(2)} times`);
}

/**
 * Ten thousand calls that nobody has answered when the Agency is killed: how soon it serves again and answers the first of them. How long the
 * last one waits is a matter of the rate.
 */
async function recovery(testbed) {
  const directory = await scratch();
  const accounts = await accountsOfAThousand(testbed, directory, 10);
  const agency = await startSeparately({ directory, groups: [] });
  const open = 10_000;
  await Promise.all(
    Array.from({ length: 16 }, async (_, client) => {
      for (let turn = client; turn < open; turn += 16)
        await post(agency.url, call(`open-${turn}`, 'negotiate: { reply_by: 60 s }'));
    }),
  );
  let begun;
  await agency.restart(async () => {
    await agency.addVendors(inGroups(accounts, 2));
    begun = performance.now();
  });
  const events = await openEvents(agency.url);
  const first = await firstAnswer(agency, events);
  figure(part, `from a start with ${open} open calls to the first answer`, 'ms', first - begun, { name: 'target', value: 5_000 });
  target('10,000 open conversations are in hand again within 5 s', first - begun <= 5_000, `${Math.round(first - begun)} ms`);
  await events.close();
  await agency.stop();
  await forget(directory);
}

/** When the first call is known to be answered: by an event, or because it was before anybody listened. */
async function firstAnswer(agency, events) {
  const event = events.wait(({ type }) => type === 'cfp.proposed');
  const { resources = [] } = await (
    await fetch(new URL('/proposal/?page=1&number=1', agency.url), { headers: { accept: 'application/json' } })
  ).json();
  return resources.length > 0 ? performance.now() : (await event).at;
}

const directory = await scratch();
const testbed = await startTestbed(directory, ['aws']);
await tenVendors(testbed);
await tenRounds(testbed);
await recovery(testbed);
await testbed.stop();
await forget(directory);
