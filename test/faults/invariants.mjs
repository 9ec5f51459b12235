/**
 * What must be so after every fault, once things have come to rest: nothing acknowledged is lost, no resource without a record, no record
 * without a resource, nothing doubled, every conversation ended in a stated way, and no message left that nobody has taken.
 */
import { until } from './client.mjs';

const restful = ['proposed', 'fulfilled', 'refused', 'rejected', 'expired', 'cancelled', 'failed'];

/** Waits until nothing is wrong any more; what still is after that, is. */
export async function comesToRest(world, withinMs = 45_000) {
  let wrongs = [];
  await until(
    'all is in order',
    async () => {
      wrongs = await wrongsOf(world);
      if (wrongs.length > 0) throw new Error(wrongs.join('; '));
      return true;
    },
    withinMs,
  );
}

/** @returns sentences. */
async function wrongsOf(world) {
  const facts = await factsOf(world);
  return [
    ...acknowledgedAndLost(world, facts),
    ...unfinished(facts),
    ...machinesWithoutRecord(facts),
    ...recordsWithoutMachine(facts),
    ...doubled(facts),
    ...disagreements(facts),
    ...undelivered(facts),
  ];
}

async function factsOf({ records, testbed }) {
  const [cfps, agreements, resources, placements, reactions] = await Promise.all([
    records.all('agency', 'SELECT id, name, state FROM cfp'),
    records.all('agency', 'SELECT id, cfp, state FROM agreement'),
    records.all('agency', 'SELECT id, cfp, agreement, placement, state FROM resource'),
    records.all('agency', 'SELECT id, agreement, state, vendor_id, address FROM placement'),
    records.all('agency', 'SELECT id, resource, state, message FROM reaction'),
  ]);
  const [carried, ...outboxes] = await Promise.all([
    records.all('vendor_agents', 'SELECT id, state, vendor_id, cancelled FROM placement'),
    ...['agency', 'vendor_agents', 'monitor'].map(async (schema) =>
      (await records.all(schema, 'SELECT subject, body FROM outbox')).map((row) => ({ schema, ...row })),
    ),
  ]);
  const machines = await machinesAt(testbed);
  const answering = await answeringAt(placements.filter(({ state }) => state === 'active').map(({ address }) => address));
  return { cfps, agreements, resources, placements, reactions, carried, letters: outboxes.flat(), machines, answering };
}

/** Which machine answers at each address. */
async function answeringAt(addresses) {
  const asked = addresses.map(async (address) => {
    const response = await fetch(`http://${address}:8080/health`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    return [address, response && (await response.json()).instance];
  });
  return new Map(await Promise.all(asked));
}

/** Machines that still cost something, by the clouds' own books. */
export async function machinesAt({ url }) {
  const all = await (await fetch(`${url}/control/instances`)).json();
  return all
    .filter(({ state }) => !['terminated', 'deleted'].includes(state))
    .map(({ id, cloud, state, dead, name, tags }) => ({
      id,
      called: `${cloud} ${id}`,
      state: dead ? 'dead' : state,
      // Where a cloud has no tags, the name ends in the placement.
      placement: tags['agency.placement'] ?? name.slice(-36),
    }));
}

function acknowledgedAndLost({ acknowledged }, { cfps }) {
  const known = new Set(cfps.map(({ id }) => id));
  return [...acknowledged].filter((id) => !known.has(id)).map((id) => `call ${id} was acknowledged and is lost`);
}

function unfinished({ cfps, agreements, placements, reactions, carried }) {
  return [
    ...cfps.filter(({ state }) => !restful.includes(state)).map(({ name, state }) => `call ${name} is ${state}`),
    ...agreements.filter(({ state }) => state === 'pending').map(({ id }) => `agreement ${id} is pending`),
    ...placements
      .filter(({ state }) => !['active', 'failed', 'deleted'].includes(state))
      .map(({ id, state }) => `placement ${id} is ${state}`),
    ...reactions
      .filter(({ state }) => state !== 'done')
      .map(({ id, state, message }) => `reaction ${id} is ${state}: ${message}`),
    ...carried
      .filter(({ state }) => !['active', 'failed', 'deleted'].includes(state))
      .map(({ id, state }) => `placement ${id} is ${state} at its agent`),
  ];
}

function machinesWithoutRecord({ machines, placements, resources }) {
  const wanted = new Set(placements.filter(({ state }) => state === 'active').map(({ id }) => id));
  const carrying = new Set(resources.filter(({ state }) => state === 'active').map(({ placement }) => placement));
  return machines
    .filter(({ placement }) => !wanted.has(placement) || !carrying.has(placement))
    .map(({ called, placement }) => `machine ${called} has no record that wants it (placement ${placement})`);
}

/** What answers at the address that a record tells is that very machine. */
function recordsWithoutMachine({ machines, placements, resources, answering }) {
  const alive = new Map(machines.filter(({ state }) => state !== 'dead').map((machine) => [machine.placement, machine]));
  return resources
    .filter(({ state }) => state !== 'deleted')
    .flatMap(({ id, state, placement }) => {
      const address = placements.find((one) => one.id === placement)?.address;
      if (state !== 'active') return [`resource ${id} is ${state}`];
      if (!alive.has(placement)) return [`resource ${id} has no machine (placement ${placement})`];
      return answering.get(address) === alive.get(placement).id ? [] : [`at ${address} resource ${id} is not`];
    });
}

function doubled({ machines }) {
  const seen = new Set();
  return machines.flatMap(({ placement, called }) => {
    if (seen.has(placement)) return [`machine ${called} is a double of placement ${placement}`];
    seen.add(placement);
    return [];
  });
}

/** The agency and its vendor agents have the same placements, and the same machines for them. */
function disagreements({ placements, carried }) {
  const atAgent = new Map(carried.map((one) => [one.id, one]));
  return placements.flatMap(({ id, state, vendor_id: machine }) => {
    const other = atAgent.get(id);
    if (state !== 'active') return other?.state === 'active' ? [`placement ${id} is ${state}, and active at its agent`] : [];
    if (other?.state !== 'active') return [`placement ${id} is active, and ${other?.state ?? 'unknown'} at its agent`];
    return other.vendor_id === machine ? [] : [`placement ${id} is another machine at its agent`];
  });
}

const undelivered = ({ letters }) =>
  letters.map(({ schema, subject, body }) => `${schema} keeps a message on ${subject}: ${JSON.parse(body).performative}`);
