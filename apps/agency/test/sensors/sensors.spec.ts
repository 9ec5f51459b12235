import { databases, oneSession } from '../../../../libs/store/test/databases.js';
import { endAgreement } from '../../src/agreements/ending.js';
import { activate } from '../../src/resources/activation.js';
import { takeOver } from '../../src/reactions/taking-over.js';
import { insertCall, type MachineOptions, placementRow, SensorWorld } from './sensor-world.js';

const ogf = 'http://schemas.ogf.org/occi/monitoring#';
const ours = 'http://schemas.cloud-agency.dev/occi/';
const metric = (term: string) => `${ours}metric#${term}`;
const times = { 'occi.sensor.period': 10, 'occi.sensor.timestart': 0, 'occi.sensor.timestop': 0 };
const sensor = (attributes: object = {}, more: object = {}) => ({
  kind: `${ogf}sensor`,
  attributes: { ...times, ...attributes },
  ...more,
});
const collector = (source: string, target: string, attributes: object = {}, mixins = [metric('up')]) => ({
  kind: `${ogf}collector`,
  mixins,
  source: { location: source },
  target: { location: target },
  attributes: { 'occi.collector.period': 1, ...attributes },
});
const sensorText = (attributes: object = {}) =>
  [
    `Category: sensor; scheme="${ogf}"; class="kind"`,
    ...Object.entries({ ...times, ...attributes }).map(([name, value]) => `X-OCCI-Attribute: ${name}=${JSON.stringify(value)}`),
  ].join('\n');
const collectorText = (source: string, target: string, attributes: object = {}, term = 'up') =>
  [
    `Category: collector; scheme="${ogf}"; class="kind"`,
    `Category: ${term}; scheme="${ours}metric#"; class="mixin"`,
    ...Object.entries({
      'occi.core.source': source,
      'occi.core.target': target,
      'occi.collector.period': 1,
      ...attributes,
    }).map(([name, value]) => `X-OCCI-Attribute: ${name}=${JSON.stringify(value)}`),
  ].join('\n');
const text = { 'Content-Type': 'text/plain', Accept: 'text/plain' };
const asB = { Authorization: 'b' };

// PGlite has one session for all connections, and the front, the relay and the test ask at the same time.
const places = Object.keys(databases).filter((name) => name !== oneSession);

describe.each(places)('sensors on %s', (database) => {
  let world: SensorWorld;
  let machines = 0;

  beforeAll(async () => {
    world = await SensorWorld.open(database);
  });
  afterAll(async () => {
    await world.close();
  });
  const machine = async (options: MachineOptions = {}) => {
    machines += 1;
    return await world.compute(`m${String(machines)}`, options);
  };
  const idOf = (path: string) => path.split('/').at(-1)!;

  describe('a sensor', () => {
    it('is created in text and in JSON, waits for something to measure, and shows what counts from when', async () => {
      const before = Date.now() / 1_000;
      const { status, data, headers } = await world.send('POST', '/sensor/', sensorText({ 'occi.sensor.timestop': 60 }), text);
      expect(status).toBe(201);
      expect(data).toContain('X-OCCI-Attribute: agency.sensor.state="waiting"\n');
      const { attributes, mixins } = await world.get(String(headers.location));
      expect(attributes).toMatchObject({ ...times, 'occi.sensor.timestop': 60, 'agency.sensor.measurements': [] });
      expect(Number(attributes['occi.sensor.timebase'])).toBeGreaterThanOrEqual(before);
      expect(mixins).toEqual([`${ours}agency#observed`]);

      const path = await world.create('/', sensor({}, { mixins: [`${ours}aggregator#mean`, `${ours}publisher#latest`] }));
      expect(await world.get(path)).toMatchObject({
        mixins: [`${ours}agency#observed`, `${ours}aggregator#mean`, `${ours}publisher#latest`],
        attributes: { 'agency.sensor.values': [], 'agency.sensor.published': [] },
      });
      expect(await world.lastObserved(path)).toMatchObject({
        version: 1,
        active: true,
        period: 10_000,
        until: null,
        aggregators: ['mean'],
        publishers: ['latest'],
        collectors: [],
      });
    });

    it.each([
      [{ 'occi.sensor.period': 0 }, 'occi.sensor.period must be between 0.1 and 86400 s; it is 0.'],
      [{ 'occi.sensor.period': 0.09 }, 'occi.sensor.period must be between'],
      [{ 'occi.sensor.period': -1 }, 'occi.sensor.period must be between'],
      [{ 'occi.sensor.period': 1e9 }, 'occi.sensor.period must be between'],
      [{ 'occi.sensor.timestart': -1 }, 'occi.sensor.timestart must be between 0'],
      [{ 'occi.sensor.timestop': 1e300 }, 'occi.sensor.timestop must be between 0'],
      [{ 'occi.sensor.timestart': 5, 'occi.sensor.timestop': 5 }, 'occi.sensor.timestop must be 0'],
      [{ 'occi.sensor.period': 'often' }, 'must be of type number'],
    ])('is refused with a sentence: %j', async (attributes, message) => {
      const { status, data } = await world.send('POST', '/sensor/', sensor(attributes));
      expect([status, data]).toEqual([400, expect.stringContaining(message)]);
    });

    it('is no source of links', async () => {
      const link = { kind: `${ogf}collector`, target: { location: '/sensor/1' }, attributes: { 'occi.collector.period': 1 } };
      const { status, data } = await world.send('POST', '/sensor/', sensor({}, { links: [link] }));
      expect([status, data]).toEqual([400, expect.stringContaining('A sensor is where collectors lead to, not from')]);
    });

    it('changes in part and as a whole; the monitor is told each time', async () => {
      const path = await world.create('/sensor/', sensor({ 'occi.sensor.periodspec': 'wall clock' }));
      expect((await world.send('POST', path, { attributes: { 'occi.sensor.period': 2 } })).status).toBe(200);
      expect((await world.send('POST', '/aggregator/maximum/', `X-OCCI-Location: ${path}`)).status).toBe(200);
      expect(await world.lastObserved(path)).toMatchObject({ version: 3, period: 2_000, aggregators: ['maximum'] });
      expect((await world.get(path)).attributes['occi.sensor.periodspec']).toBe('wall clock');

      expect(
        (await world.send('POST', path, { attributes: { 'occi.sensor.timestart': 9, 'occi.sensor.timestop': 8 } })).status,
      ).toBe(400);
      expect((await world.send('PUT', path, sensor({ 'occi.sensor.timestop': 99 }))).status).toBe(200);
      const { attributes, mixins } = await world.get(path);
      expect(attributes).toMatchObject({ 'occi.sensor.period': 10, 'occi.sensor.timestop': 99 });
      expect(attributes).not.toHaveProperty(['occi.sensor.periodspec']);
      expect(mixins).toEqual([`${ours}agency#observed`]);
      const { from, until, aggregators } = await world.lastObserved(path);
      expect(Date.parse(until!) - Date.parse(from)).toBe(99_000);
      expect(aggregators).toEqual([]);
      expect((await world.send('PUT', path, { kind: `${ogf}sensor`, attributes: { 'occi.sensor.period': 3 } })).data).toContain(
        'occi.sensor.timestart is required.',
      );
    });

    it('takes its collectors with it', async () => {
      const [web, path] = [await machine(), await world.create('/sensor/', sensor())];
      const link = await world.create('/collector/', collector(web, path));
      expect((await world.send('DELETE', path)).status).toBe(200);
      expect((await world.send('GET', path)).status).toBe(404);
      expect((await world.send('GET', link)).status).toBe(404);
      expect((await world.get(web)).links).toHaveLength(1);
      expect(await world.lastObserved(path)).toMatchObject({ active: false, collectors: [] });
    });
  });

  describe('a collector', () => {
    it('is created in text, in headers and in JSON, by path and by absolute URL, and shown as a link of its compute', async () => {
      const [web, path] = [await machine(), await world.create('/sensor/', sensor())];
      const inText = await world.send(
        'POST',
        '/collector/',
        collectorText(web, path, { 'agency.metric.http': 'http://{address}:81/ok' }, 'response_time'),
        text,
      );
      expect(inText.status).toBe(201);
      expect(inText.data).toContain(`X-OCCI-Attribute: occi.core.source="${web}"\n`);
      const inHeaders = await world.send('POST', '/', undefined, {
        'Content-Type': 'text/occi',
        Category: `collector; scheme="${ogf}", reachable; scheme="${ours}metric#", metric; scheme="${ogf}"`,
        'X-OCCI-Attribute': `occi.core.source="${world.base}${web}", occi.core.target="${world.base}${path}", occi.collector.period=2`,
      });
      expect(inHeaders.status).toBe(201);
      await world.create('/collector/', collector(world.base + web, world.base + path));

      const { links = [] } = await world.get(web);
      expect(links.slice(1).map(({ target }) => target.location)).toEqual([path, path, path]);
      expect((await world.send('GET', web, undefined, { Accept: 'text/plain' })).data).toContain(
        `Link: <${path}>; rel="${ogf}sensor"; self="${new URL(String(inText.headers.location)).pathname}"; category="${ogf}collector ${metric('response_time')}"; occi.collector.period=1; agency.metric.http="http://{address}:81/ok"\n`,
      );
      expect((await world.get(path)).attributes['agency.sensor.state']).toBe('measuring');
      const common = { resource: idOf(web), placement: `${idOf(web)}-1`, address: '127.0.0.1' };
      expect((await world.lastObserved(path)).collectors).toMatchObject([
        { ...common, metric: 'response_time', every: 1_000, settings: { 'agency.metric.http': 'http://{address}:81/ok' } },
        { ...common, metric: 'reachable', every: 2_000, settings: { 'agency.metric.port': 22 } },
        { ...common, metric: 'up', every: 1_000, settings: { 'agency.metric.http': 'http://{address}:8080/health' } },
      ]);
    });

    it('is refused with a sentence', async () => {
      const [web, path] = [await machine(), await world.create('/sensor/', sensor())];
      const refusals: [object, number, string][] = [
        [collector('/compute/nowhere', path), 404, 'Compute nowhere does not exist.'],
        [collector(web, '/sensor/nowhere'), 404, 'Sensor nowhere does not exist.'],
        [collector(path, path), 400, 'occi.core.source of a collector must be the path of a compute'],
        [collector(web, web), 400, 'occi.core.target of a collector must be the path of a sensor'],
        [collector('http://example.org/compute/1', path), 400, 'occi.core.source must be the path of an entity that is here'],
        [collector(web, path, {}, []), 400, 'exactly one metric, this has none'],
        [collector(web, path, {}, [`${ogf}metric`]), 400, 'exactly one metric, this has none'],
        [collector(web, path, {}, [metric('up'), metric('reachable')]), 400, 'exactly one metric, this has 2'],
        [collector(web, path, { 'occi.collector.period': 0 }), 400, 'occi.collector.period must be between 0.1'],
        [collector(web, path, { 'agency.metric.http': 'http://10.0.0.1/' }), 400, 'agency.metric.http must be'],
        [collector(web, path, { 'agency.metric.port': 22 }), 400, 'agency.metric.port is unknown'],
        [collector(web, path, {}, [`${ours}aggregator#mean`]), 403, 'does not apply'],
      ];
      for (const [body, status, message] of refusals) {
        const answer = await world.send('POST', '/collector/', body);
        expect([answer.status, answer.data]).toEqual([status, expect.stringContaining(message)]);
      }
      expect((await world.get(path)).attributes['agency.sensor.state']).toBe('waiting');
    });

    it('changes its period, its settings and its metric, but not its ends', async () => {
      const [web, path] = [await machine(), await world.create('/sensor/', sensor())];
      const link = await world.create('/collector/', collector(web, path, { 'agency.metric.http': 'http://{address}/a' }));
      expect((await world.send('POST', link, { attributes: { 'occi.collector.period': 0.5 } })).status).toBe(200);
      expect((await world.lastObserved(path)).collectors).toMatchObject([
        { metric: 'up', every: 500, settings: { 'agency.metric.http': 'http://{address}/a' } },
      ]);
      expect(
        (await world.send('POST', link, { mixins: [metric('reachable')], attributes: { 'agency.metric.port': 80 } })).status,
      ).toBe(200);
      expect((await world.lastObserved(path)).collectors).toMatchObject([
        { metric: 'reachable', every: 500, settings: { 'agency.metric.port': 80 } },
      ]);
      const shown = await world.get(link);
      expect((await world.send('PUT', link, { ...shown, attributes: { 'occi.collector.period': 3 } })).status).toBe(200);
      expect((await world.lastObserved(path)).collectors).toMatchObject([
        { metric: 'reachable', every: 3_000, settings: { 'agency.metric.port': 22 } },
      ]);
      const moved = await world.send('POST', link, { attributes: { 'occi.core.source': await machine() } });
      expect([moved.status, moved.data]).toEqual([403, expect.stringContaining('delete it and create another')]);
      expect((await world.send('DELETE', link)).status).toBe(200);
      expect((await world.lastObserved(path)).collectors).toEqual([]);
    });
  });

  it('what was measured is on the sensor and on its collectors, in every rendering', async () => {
    const [web, path] = [await machine(), await world.create('/sensor/', sensor({}, { mixins: [`${ours}aggregator#mean`] }))];
    const link = await world.create('/collector/', collector(web, path, {}, [metric('response_time')]));
    const at = '2026-03-01T00:00:00.000Z';
    const measurement = {
      collector: idOf(link),
      resource: idOf(web),
      metric: 'response_time',
      value: 12.5,
      unit: 'ms',
      at,
      detail: 'HTTP 200',
    };
    const value = { metric: 'response_time', aggregator: 'mean', value: 11, unit: 'ms', samples: 3, from: at, until: at };
    await world.tell({ sensor: idOf(path), at, measurements: [measurement], values: [value], published: [] });
    let shown = await world.get(path);
    while ((shown.attributes['agency.sensor.measurements'] as object[]).length === 0) shown = await world.get(path);
    expect(shown.attributes).toMatchObject({
      'agency.sensor.measurements': [measurement],
      'agency.sensor.values': [value],
      'agency.sensor.value': 11,
    });
    expect((await world.get(link)).attributes).toMatchObject({
      'agency.measurement.value': 12.5,
      'agency.measurement.unit': 'ms',
      'agency.measurement.at': at,
      'agency.measurement.detail': 'HTTP 200',
    });
    const inText = (await world.send('GET', path, undefined, { Accept: 'text/plain' })).data;
    expect(inText).toContain(`X-OCCI-Attribute: agency.sensor.measurements="${path}/measurements"\n`);
    expect(inText).toContain('X-OCCI-Attribute: agency.sensor.value=11\n');
    expect(JSON.parse((await world.send('GET', `${path}/measurements`)).data)).toEqual([measurement]);

    await world.tell({
      sensor: idOf(path),
      at,
      measurements: [{ ...measurement, value: null, detail: 'refused' }],
      values: [],
      published: [],
    });
    while ('agency.measurement.value' in (await world.get(link)).attributes);
    expect((await world.get(link)).attributes['agency.measurement.detail']).toBe('refused');
  });

  it('is a tenant’s own: another can neither see, change, nor measure it', async () => {
    const [web, path] = [await machine(), await world.create('/sensor/', sensor())];
    const link = await world.create('/collector/', collector(web, path));
    for (const one of [path, link])
      for (const [method, body] of [['GET'], ['DELETE'], ['POST', { attributes: {} }]] as const)
        expect([method, one, (await world.send(method, one, body, asB)).status]).toEqual([method, one, 404]);
    for (const collection of ['/sensor/', '/collector/']) {
      expect(JSON.parse((await world.send('GET', collection, undefined, asB)).data)).toEqual(
        collection === '/sensor/' ? { resources: [] } : { links: [] },
      );
    }
    const theirSensor = new URL(String((await world.send('POST', '/sensor/', sensor(), asB)).headers.location)).pathname;
    const theirs = await machine({ tenant: 'b', agreement: 'agreement-b' });
    expect((await world.send('POST', '/collector/', collector(web, theirSensor), asB)).data).toContain(
      `Compute ${idOf(web)} does not exist`,
    );
    expect((await world.send('POST', '/collector/', collector(theirs, path), asB)).data).toContain(
      `Sensor ${idOf(path)} does not exist`,
    );
    expect((await world.send('POST', '/collector/', collector(theirs, theirSensor), asB)).status).toBe(201);
  });

  describe('the monitor is told', () => {
    it('once a machine is there, and when another takes its place', async () => {
      const [web, path] = [await machine({ address: null }), await world.create('/sensor/', sensor())];
      await world.create('/collector/', collector(web, path));
      expect((await world.lastObserved(path)).collectors).toEqual([]);
      const id = idOf(web);
      await world.store.work(async (work) => {
        await work.tables.updateTable('placement').set({ address: '127.0.0.7' }).where('id', '=', `${id}-1`).execute();
        const placement = await work.tables
          .selectFrom('placement')
          .selectAll()
          .where('id', '=', `${id}-1`)
          .executeTakeFirstOrThrow();
        await activate(work, placement);
      });
      expect((await world.lastObserved(path)).collectors).toMatchObject([{ placement: `${id}-1`, address: '127.0.0.7' }]);

      await world.store.work(async (work) => {
        const of = { cfp: 'call', agreement: 'agreement', item: 'web', resource: id, address: '127.0.0.8' };
        await work.tables
          .insertInto('placement')
          .values(placementRow(`${id}-2`, of, work.now))
          .execute();
        await insertCall(work.tables);
        await takeOver(
          work,
          await work.tables.selectFrom('placement').selectAll().where('id', '=', `${id}-2`).executeTakeFirstOrThrow(),
        );
      });
      const { version, collectors } = await world.lastObserved(path);
      expect([version, collectors]).toMatchObject([4, [{ placement: `${id}-2`, address: '127.0.0.8' }]]);
    });

    it('when a machine is given back, alone or with its agreement: its collectors go with it', async () => {
      await world.store.work(({ tables }) => insertCall(tables));
      const [first, second] = [await machine({ agreement: 'ending' }), await machine({ agreement: 'ending' })];
      const path = await world.create('/sensor/', sensor());
      const links = [
        await world.create('/collector/', collector(first, path)),
        await world.create('/collector/', collector(second, path)),
      ];
      expect((await world.send('DELETE', first)).status).toBe(200);
      expect((await world.lastObserved(path)).collectors).toMatchObject([{ resource: idOf(second) }]);
      expect((await world.send('GET', links[0]!)).status).toBe(404);

      await world.store.work(async (work) => {
        const agreement = await work.tables
          .selectFrom('agreement')
          .selectAll()
          .where('id', '=', 'ending')
          .executeTakeFirstOrThrow();
        await endAgreement(work, agreement, 'terminated', 'test');
      });
      expect((await world.lastObserved(path)).collectors).toEqual([]);
      expect((await world.send('GET', links[1]!)).status).toBe(404);
      expect((await world.get(path)).attributes['agency.sensor.state']).toBe('waiting');
    });
  });

  it('a sensor has so many collectors and no more', async () => {
    const [web, path] = [await machine(), await world.create('/sensor/', sensor())];
    for (let count = 0; count < 100; count += 1) await world.create('/collector/', collector(web, path));
    const { status, data } = await world.send('POST', '/collector/', collector(web, path));
    expect([status, data]).toEqual([409, expect.stringContaining('100 collectors already')]);
  });
});
