import type { InformMessage } from '@cloud-agency/bus';
import { randomIds } from '@cloud-agency/runtime';
import type { Call } from '@cloud-agency/sla';
import { databases } from '../../../../libs/store/test/databases.js';
import { takeLoss, takeReturn } from '../../src/reactions/losses.js';
import { json } from '../../src/store/tables.js';
import { insertCall, SensorWorld } from '../sensors/sensor-world.js';

const replaces = { probes: [], guarantees: [], reactions: [{ on: 'resource.down', do: 'replace' }] } as unknown as Call;

const inform = (placement: string, state: 'lost' | 'found'): InformMessage => ({
  id: randomIds.next(),
  conversation: 'call',
  sender: 'aws',
  sequence: 1,
  previous: 0,
  sentAt: new Date(0).toISOString(),
  performative: 'inform',
  placement,
  state,
  vendorId: 'v',
  address: null,
  message: state === 'lost' ? 'The vendor does not know v any more.' : 'It is there again at the vendor.',
});

describe.each(Object.keys(databases))('over %s, a machine that its vendor has lost', (database) => {
  let world: SensorWorld;
  let machines = 0;

  beforeAll(async () => {
    world = await SensorWorld.open(database);
    await insertCall(world.store.tables);
    await world.store.tables
      .updateTable('cfp')
      .set({ call: json(replaces) })
      .execute();
  });
  afterAll(async () => {
    await world.close();
  });

  /** A machine of an agreement of its own. */
  const machine = async (): Promise<string> => {
    machines += 1;
    const id = `m${String(machines)}`;
    await world.compute(id, { agreement: `g${String(machines)}` });
    return id;
  };
  const lose = (id: string) => world.store.work((work) => takeLoss(work, randomIds, inform(`${id}-1`, 'lost')));
  const resourceOf = (id: string) =>
    world.store.tables.selectFrom('resource').select(['state', 'message']).where('id', '=', id).executeTakeFirstOrThrow();
  const eventsOf = async (id: string) => {
    const rows = await world.store.tables
      .selectFrom('event')
      .select(['type', 'body'])
      .where('subject', '=', `/compute/${id}`)
      .orderBy('id')
      .execute();
    return rows.map(({ type, body }) => [type, (JSON.parse(body) as { reason?: string }).reason]);
  };
  const reactionsTo = (id: string) =>
    world.store.tables.selectFrom('reaction').select('state').where('resource', '=', id).execute();
  const placementOf = (id: string) =>
    world.store.tables.selectFrom('placement').select(['state', 'reason']).where('id', '=', `${id}-1`).executeTakeFirstOrThrow();

  it('is down and in error, and sets off the rule for that once', async () => {
    const id = await machine();
    await lose(id);
    await lose(id);
    expect(await resourceOf(id)).toMatchObject({ state: 'error' });
    expect(await reactionsTo(id)).toEqual([{ state: 'begun' }, { state: 'skipped' }]);
    expect(await eventsOf(id)).toContainEqual(['resource.down', 'lost']);
  });

  it('is active again when it turns up', async () => {
    const id = await machine();
    await lose(id);
    await world.store.work((work) => takeReturn(work, inform(`${id}-1`, 'found')));
    expect(await resourceOf(id)).toEqual({ state: 'active', message: 'It is there again at the vendor.' });
    expect(await eventsOf(id)).toEqual([
      ['resource.down', 'lost'],
      ['resource.up', 'found'],
    ]);
  });

  it('has failed, and is given back, while its agreement is being provisioned', async () => {
    const id = await machine();
    await world.store.tables
      .updateTable('agreement')
      .set({ state: 'pending' })
      .where('id', '=', `g${String(machines)}`)
      .execute();
    await lose(id);
    expect(await placementOf(id)).toEqual({ state: 'failed', reason: 'not-found' });
    expect(await eventsOf(id)).toEqual([]);
    const sent = await world.store.tables
      .selectFrom('outbox')
      .select('body')
      .where('subject', '=', 'agency.command.aws')
      .execute();
    expect(sent.map(({ body }) => JSON.parse(body) as object)).toContainEqual(
      expect.objectContaining({ performative: 'cancel', placement: `${id}-1` }),
    );
  });

  it('changes nothing when it is being undone already', async () => {
    const id = await machine();
    await world.store.tables.updateTable('placement').set({ state: 'cancelling' }).where('id', '=', `${id}-1`).execute();
    await lose(id);
    expect(await resourceOf(id)).toMatchObject({ state: 'active' });
    expect(await eventsOf(id)).toEqual([]);
  });
});
