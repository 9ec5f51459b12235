import { randomUUID } from 'node:crypto';
import { databases, oneSession } from '../../../../libs/store/test/databases.js';
import { insertCall, SensorWorld } from './sensor-world.js';

const ogf = 'http://schemas.ogf.org/occi/monitoring#';
const sensor = {
  kind: `${ogf}sensor`,
  attributes: { 'occi.sensor.period': 10, 'occi.sensor.timestart': 0, 'occi.sensor.timestop': 0 },
};
const collector = (source: string, target: string) => ({
  kind: `${ogf}collector`,
  mixins: ['http://schemas.cloud-agency.dev/occi/metric#up'],
  source: { location: source },
  target: { location: target },
  attributes: { 'occi.collector.period': 1 },
});

// PGlite has one session for all connections, so nothing happens at once there.
const places = Object.keys(databases).filter((name) => name !== oneSession);

describe.each(places)('sensors, collectors and computes that change at once, on %s', (database) => {
  let world: SensorWorld;

  beforeAll(async () => {
    world = await SensorWorld.open(database);
    await insertCall(world.store.tables);
  });
  afterAll(async () => {
    await world.close();
  });

  it('wait for each other but never for ever, and nothing is left of what is gone', async () => {
    for (let round = 0; round < 15; round += 1) {
      const agreement = randomUUID();
      // It keeps the agreement going.
      await world.compute(randomUUID(), { agreement });
      const computes = await Promise.all([1, 2].map(() => world.compute(randomUUID(), { agreement })));
      const sensors = [await world.create('/sensor/', sensor), await world.create('/sensor/', sensor)];
      const links = await Promise.all(
        computes.flatMap((compute) => sensors.map((target) => world.create('/collector/', collector(compute, target)))),
      );
      const answers = await Promise.all([
        ...links.map((link) => world.send('DELETE', link)),
        ...links.map((link) => world.send('POST', link, { attributes: { 'occi.collector.period': 2 } })),
        ...computes.flatMap((compute) => sensors.map((target) => world.send('POST', '/collector/', collector(compute, target)))),
        ...sensors.map((target) => world.send('POST', target, { attributes: { 'occi.sensor.period': 20 } })),
        ...computes.map((compute) => world.send('DELETE', compute)),
        ...sensors.map((target) => world.send('DELETE', target)),
      ]);
      expect(answers.filter(({ status }) => ![200, 201, 404].includes(status)).map(({ data }) => data)).toEqual([]);
      for (const path of [...computes, ...sensors]) expect((await world.send('GET', path)).status).toBe(404);
      expect(JSON.parse((await world.send('GET', '/collector/')).data)).toEqual({ links: [] });
    }
  }, 60_000);
});
