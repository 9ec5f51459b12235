/** Two processes that deliver from one PostgreSQL. */
import pg from 'pg';
import { WebhookWorld } from './webhook-world.js';

const server = process.env.TEST_DATABASE_URL;

(server === undefined ? describe.skip : describe)('two processes that deliver', () => {
  const database = `webhooks_${String(process.pid)}`;
  let world: WebhookWorld;

  const admin = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };

  beforeAll(async () => {
    await admin(`CREATE DATABASE ${database}`);
    const url = new URL(server ?? '');
    url.pathname = `/${database}`;
    world = await WebhookWorld.open({ DATABASE_URL: url.href });
  }, 30_000);
  afterAll(async () => {
    await world.close();
    await admin(`DROP DATABASE ${database} WITH (FORCE)`);
  });

  it('post each event once, in order for each entity, and one goes on when the other has stopped', async () => {
    const receiver = await world.receiver();
    const webhook = await world.subscribe(receiver.url);
    const one = world.deliver('one');
    world.deliver('two');
    const subjects = Array.from({ length: 10 }, (_, index) => `/compute/${index}`);
    const expected = new Map<string, number[]>(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < 6; round += 1) {
      for (const subject of subjects) expected.get(subject)?.push(await world.happens(subject));
      if (round === 3) await one.stop();
    }
    await world.until(async () => (await world.deliveries(webhook)).length === 0);
    for (const subject of subjects) expect([subject, receiver.about(subject)]).toEqual([subject, expected.get(subject)]);
    expect(await world.row(webhook)).toMatchObject({ state: 'active', failures: 0 });
  });
});
