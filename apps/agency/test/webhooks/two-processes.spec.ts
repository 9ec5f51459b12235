/** Two processes that deliver from one PostgreSQL. */
import { describeOnServer, serverDatabase } from '../../../../libs/store/test/server-database.js';
import { WebhookWorld } from './webhook-world.js';

describeOnServer('two processes that deliver', () => {
  let database: Awaited<ReturnType<typeof serverDatabase>>;
  let world: WebhookWorld;

  beforeAll(async () => {
    database = await serverDatabase('webhooks');
    world = await WebhookWorld.open({ DATABASE_URL: database.url });
  }, 30_000);
  afterAll(async () => {
    await world.close();
    await database.end();
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
