import type { SampleBatch, SamplesAnswer } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import protobuf from 'protobufjs/light.js';
import { gzipSync } from 'node:zlib';
import { Ingest } from '../../src/ingest/ingest.js';
import { takeOtlp } from '../../src/ingest/otlp-metrics.js';
import { takeText } from '../../src/ingest/text-metrics.js';
import type { AgencyStore } from '../../src/store/agency-store.js';

const json = { 'content-type': 'application/json' };
const protobufType = { 'content-type': 'application/x-protobuf' };
const from = { resource: 'r', placement: 'p' };

/** The ingest of one machine, before a monitor that answers as it is told to. */
class World {
  now = 1_700_000_000_000;
  readonly batches: SampleBatch[] = [];
  readonly powers: object[] = [];
  answer: (batch: SampleBatch) => SamplesAnswer | Promise<SamplesAnswer> = ({ samples }) => ({
    taken: samples.length,
    refused: [],
  });
  readonly ingest = new Ingest({
    store: undefined as unknown as AgencyStore,
    clock: { now: () => this.now, after: () => () => undefined, every: () => () => undefined },
    send: async (batch) => {
      this.batches.push(batch);
      return await this.answer(batch);
    },
    onPower: (power) => {
      this.powers.push(power);
      return Promise.resolve();
    },
  });

  otlp(body: Buffer | object, headers: Readonly<Record<string, string>> = json) {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    return takeOtlp(this.ingest, { headers, query: new URLSearchParams(), body: bytes, from });
  }

  text(body: string) {
    return takeText(this.ingest, { headers: {}, query: new URLSearchParams(), body: Buffer.from(body), from });
  }

  /** What the monitor was sent last, by metric. */
  get last(): Readonly<Record<string, number | null>> {
    return Object.fromEntries((this.batches.at(-1)?.samples ?? []).map(({ metric, value }) => [metric, value]));
  }
}

const exported = (...metrics: readonly object[]) => ({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
const nano = (ms: number): string => `${String(ms)}000000`;

describe('OTLP', () => {
  it('is read from protobuf, packed or not, field by field as opentelemetry-proto numbers them', async () => {
    const world = new World();
    const message = (write: (writer: protobuf.Writer) => void): Uint8Array => {
      const writer = protobuf.Writer.create();
      write(writer);
      return writer.finish();
    };
    const tag = (field: number, wire: number): number => (field << 3) | wire;
    const point = message((writer) =>
      writer.uint32(tag(3, 1)).fixed64(nano(world.now)).uint32(tag(4, 1)).double(0).uint32(tag(99, 0)).uint32(1),
    );
    const gauge = message((writer) => writer.uint32(tag(1, 2)).bytes(point));
    const metric = message((writer) => writer.uint32(tag(1, 2)).string('queue-length').uint32(tag(5, 2)).bytes(gauge));
    const body = [2, 2, 1].reduce<Uint8Array>(
      (inner, field) => message((writer) => writer.uint32(tag(field, 2)).bytes(inner)),
      metric,
    );
    const { status, type, body: answer } = await world.otlp(Buffer.from(body), protobufType);
    expect([status, type, answer.length]).toEqual([200, 'application/x-protobuf', 0]);
    expect(world.batches).toEqual([
      { source: 'resource', samples: [{ ...from, metric: 'queue_length', at: world.now, value: 0 }] },
    ]);
    await world.otlp(gzipSync(body), { ...protobufType, 'content-encoding': 'gzip' });
    expect(world.batches).toHaveLength(2);
  });

  it('follows cumulative sums and deltas to the same totals, and says what it cannot use', async () => {
    const world = new World();
    const sums = (total: number, delta: number) =>
      exported(
        {
          name: 'total',
          sum: {
            aggregationTemporality: 2,
            isMonotonic: true,
            dataPoints: [{ startTimeUnixNano: nano(1), timeUnixNano: nano(world.now), asInt: String(total) }],
          },
        },
        {
          name: 'delta',
          sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ timeUnixNano: nano(world.now), asDouble: delta }] },
        },
        { name: 'open', sum: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: nano(world.now), asDouble: -3 }] } },
        { name: 'changes', sum: { aggregationTemporality: 1, dataPoints: [{ asDouble: -3 }] } },
        { name: 'gone', gauge: { dataPoints: [{ flags: 1 }] } },
      );
    await world.otlp(sums(100, 0));
    world.now += 1_000;
    const { body } = await world.otlp(sums(107, 7));
    expect(world.last).toEqual({ total: 7, delta: 7, open: -3 });
    expect(JSON.parse(body.toString())).toEqual({
      // A 64-bit integer is text in JSON.
      partialSuccess: { rejectedDataPoints: '1', errorMessage: expect.stringContaining('export it as cumulative') as string },
    });
  });

  it('goes by the start of a counter: it may have passed where it was, and one that says nothing is followed from there on', async () => {
    const world = new World();
    const told = async (name: string, value: number, start: number) => {
      const point = { startTimeUnixNano: nano(start), timeUnixNano: nano(world.now), asInt: value };
      await world.otlp(exported({ name, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point] } }));
      return world.last[name];
    };
    expect(await told('again', 100, 1)).toBe(0);
    expect(await told('unknown', 100, world.now)).toBe(0);
    world.now += 2_000;
    expect(await told('again', 150, world.now - 1_000)).toBe(150);
    expect(await told('unknown', 103, world.now - 2_000)).toBe(3);
    expect(await told('new', 5, world.now - 1_000)).toBe(5);
  });

  it('refuses sums and histograms that do not say what they are of, and takes names of enumerations for none', async () => {
    const world = new World();
    const dataPoints = [{ timeUnixNano: nano(world.now), asInt: 1 }];
    const { body } = await world.otlp(
      exported(
        { name: 'silent', sum: { isMonotonic: true, dataPoints } },
        { name: 'named', sum: { aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA', isMonotonic: true, dataPoints } },
        { name: 'took', histogram: { dataPoints: [{ count: 1 }] } },
        { name: 'there', gauge: { dataPoints } },
      ),
    );
    expect(JSON.parse(body.toString())).toMatchObject({ partialSuccess: { rejectedDataPoints: '3' } });
    expect(world.last).toEqual({ there: 1 });
  });

  it('keeps series of several processes and libraries apart, whatever else is the same', async () => {
    const world = new World();
    const sum = (value: number) => ({
      name: 'done',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [{ timeUnixNano: nano(world.now), asInt: value, attributes: [{ key: 'a', value: { stringValue: 'same' } }] }],
      },
    });
    const pid = (intValue: number) => ({ attributes: [{ key: 'process.pid', value: { intValue } }] });
    const told = (values: readonly [number, number, number]) => ({
      resourceMetrics: [
        { resource: pid(1), scopeMetrics: [{ scope: { name: 'http' }, metrics: [sum(values[0])] }] },
        { resource: pid(1), scopeMetrics: [{ scope: { name: 'grpc' }, metrics: [sum(values[1])] }] },
        { resource: pid(2), scopeMetrics: [{ scope: { name: 'http' }, metrics: [sum(values[2])] }] },
      ],
    });
    await world.otlp(told([100, 10, 50]));
    world.now += 1_000;
    await world.otlp(told([101, 20, 150]));
    expect(world.last).toEqual({ done: 111 });
  });

  it('tells points apart by lists among their attributes, and counts one that stands twice once', async () => {
    const world = new World();
    const point = (value: object, asInt: number) => ({
      ...{ timeUnixNano: nano(world.now), asInt },
      attributes: [{ key: 'path', value }],
    });
    const list = (text: string) => ({ arrayValue: { values: [{ stringValue: text }] } });
    const dataPoints = [point(list('a'), 1), point(list('b'), 2), point(list('b'), 2), point({ bytesValue: 'YQ==' }, 4)];
    await world.otlp(exported({ name: 'open', gauge: { dataPoints } }));
    expect(world.last).toEqual({ open: 7 });
  });

  it('takes the figures of those that it knows beside others', async () => {
    const world = new World();
    const of = (resource: string) => ({
      resource: { attributes: [{ key: 'agency.resource', value: { stringValue: resource } }] },
      scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [{ asInt: 1 }, { asInt: 2, attributes: [] }] } }] }],
    });
    const { status, body } = await world.otlp({ resourceMetrics: [of('another'), of('r')] });
    expect([status, world.batches.length]).toEqual([200, 1]);
    expect(JSON.parse(body.toString())).toEqual({
      partialSuccess: {
        rejectedDataPoints: '2',
        errorMessage: expect.stringContaining('A machine tells of itself alone') as string,
      },
    });
  });

  it('is read whatever the case of its type, and says what coding it would read', async () => {
    const world = new World();
    const gauge = exported({ name: 'a', gauge: { dataPoints: [{ asDouble: 'NaN' }, { asInt: '9007199254740991' }] } });
    expect(await world.otlp(gauge, { 'content-type': 'Application/JSON; charset=UTF-8' })).toMatchObject({ status: 200 });
    expect(world.last).toEqual({ a: Number.MAX_SAFE_INTEGER });
    expect(await world.otlp(gauge, { ...json, 'content-encoding': 'zstd' })).toMatchObject({
      status: 415,
      headers: { 'Accept-Encoding': 'gzip' },
    });
  });

  it('makes counts, sums and percentiles of histograms, explicit and exponential', async () => {
    const world = new World();
    const at = { timeUnixNano: nano(world.now) };
    await world.otlp(
      exported(
        {
          name: 'took',
          histogram: {
            aggregationTemporality: 1,
            dataPoints: [{ ...at, count: '100', sum: 42, bucketCounts: ['50', 50, 0], explicitBounds: [1, 2] }],
          },
        },
        {
          name: 'wide',
          exponentialHistogram: {
            aggregationTemporality: 1,
            dataPoints: [{ ...at, count: 4, sum: 9, scale: 0, zeroCount: 0, positive: { offset: 0, bucketCounts: [2, 2] } }],
          },
        },
      ),
    );
    expect(world.last).toEqual({
      ...{ took_count: 100, took_sum: 42, took_p50: 1, took_p95: 1.9, took_p99: 1.98 },
      ...{ wide_count: 4, wide_sum: 9, wide_p50: 2, wide_p95: 3.8, wide_p99: 3.96 },
    });
  });

  it('knows where the buckets of exponential histograms begin, far from 0 or below it', async () => {
    const world = new World();
    const histogram = (name: string, point: object) => ({
      name,
      exponentialHistogram: { aggregationTemporality: 1, dataPoints: [{ timeUnixNano: nano(world.now), ...point }] },
    });
    await world.otlp(
      exported(
        histogram('narrow', { count: 10, scale: 0, positive: { offset: 6, bucketCounts: [10] } }),
        histogram('below', { count: 10, scale: 0, negative: { offset: 2, bucketCounts: [0, 10] } }),
        histogram('nothing', { count: 10, scale: 0, zeroCount: 10, zeroThreshold: 0.5 }),
      ),
    );
    expect(world.last).toMatchObject({ narrow_p50: 96, below_p50: -12, nothing_p50: 0.25 });
  });

  it.each([
    [Buffer.from('not protobuf'), protobufType, 400, 3],
    [{ resourceMetrics: [{ scopeMetrics: 5 }] }, json, 400, 3],
    [{}, { 'content-type': 'text/plain' }, 415, 3],
    [{}, { ...json, 'content-encoding': 'br' }, 415, 3],
    [Buffer.from('no gzip'), { ...json, 'content-encoding': 'gzip' }, 400, 3],
    [gzipSync(Buffer.alloc(5 * 1024 * 1024)), { ...json, 'content-encoding': 'gzip' }, 413, 3],
    [
      {
        resourceMetrics: [
          {
            resource: { attributes: [{ key: 'agency.resource', value: { stringValue: 'another' } }] },
            scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [{ asInt: 1 }] } }] }],
          },
        ],
      },
      ...([json, 403, 7] as const),
    ],
  ])('answers what it cannot take as OTLP does: %#', async (body, headers, status, code) => {
    const world = new World();
    const answer = await world.otlp(body, headers);
    expect(answer.status).toBe(status);
    if (answer.type === 'application/json') expect(JSON.parse(answer.body.toString())).toMatchObject({ code });
    expect(world.batches).toEqual([]);
  });

  it('is to be sent again when the monitor is away or has too much in hand', async () => {
    const world = new World();
    const gauge = exported({ name: 'a', gauge: { dataPoints: [{ asInt: 1 }] } });
    world.answer = () => ({ taken: 0, refused: [], retryAfter: 1_000 });
    expect(await world.otlp(gauge)).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    world.answer = () => Promise.reject(new AgencyError('monitor-unreachable', { reason: 'nobody' }));
    expect(await world.otlp(gauge)).toMatchObject({ status: 503 });
  });
});

describe('figures of one resource', () => {
  it('are told what was refused, but not that nobody asked for them', async () => {
    const world = new World();
    world.answer = () => ({
      taken: 1,
      refused: [
        { reason: 'unknown-metric', count: 1, first: 0 },
        { reason: 'future', count: 2, first: 1 },
      ],
    });
    const { body } = await world.text('a 1\nb 2\nbroken{\n');
    expect(body.toString()).toBe('1 taken\nrefused: 2 future\n1 lines not understood, the first is 3: broken{\n');
  });

  it('of its computing power count for its size once the monitor has them, where its agent tells them', async () => {
    const world = new World();
    world.answer = () => ({ taken: 0, refused: [{ reason: 'unknown-resource', count: 1, first: 0 }] });
    await world.text('computing_power 60000');
    expect(world.powers).toEqual([]);
    world.answer = () => ({ taken: 1, refused: [] });
    await world.text('computing_power 60000');
    await world.ingest.take({ ...from, named: true }, [{ name: 'computing_power', labels: {}, kind: 'gauge', value: 1e12 }]);
    expect(world.powers).toEqual([{ placement: 'p', value: 60_000, at: world.now }]);
  });

  it('that come too fast wait, while those of others are taken', async () => {
    const world = new World();
    for (let push = 0; push < 20; push += 1) await world.text('a 1');
    await expect(world.text('a 1')).rejects.toMatchObject({ code: 'too-many-requests' });
    const other = { resource: 'other', placement: 'q' };
    expect(await world.ingest.take(other, [{ name: 'a', labels: {}, kind: 'gauge', value: 1 }])).toMatchObject({ taken: 1 });
    world.now += 1_000;
    await expect(world.text('a 1')).resolves.toMatchObject({ status: 200 });
  });

  it('are not piled up before a monitor that is slow', async () => {
    const world = new World();
    let goOn = (): void => undefined;
    world.answer = () =>
      new Promise(
        (resolve) =>
          (goOn = () => {
            resolve({ taken: 1, refused: [] });
          }),
      );
    const waiting = Array.from({ length: 4 }, () => world.text('a 1'));
    await expect(world.text('a 1')).rejects.toMatchObject({ code: 'too-many-requests' });
    world.answer = () => ({ taken: 1, refused: [] });
    goOn();
    await expect(Promise.race(waiting)).resolves.toMatchObject({ status: 200 });
  });

  it('are too many at once beyond ten thousand', async () => {
    await expect(new World().text('a 1\n'.repeat(10_001))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('of a machine that sends too often are not even read', async () => {
    const world = new World();
    for (let sent = 0; sent < 20; sent += 1) await world.text('a 1');
    await expect(world.text('no metrics')).rejects.toMatchObject({ code: 'too-many-requests' });
    expect((await world.otlp(Buffer.from('no protobuf'), protobufType)).status).toBe(429);
    world.now += 1_000;
    expect(await world.text('a 1')).toMatchObject({ status: 200 });
  });
});

describe('an OTLP request that is small and would become large', () => {
  const gauge = (dataPoints: readonly object[]) => exported({ name: 'a', gauge: { dataPoints } });
  /** A message in a field of another, length first. */
  const held = (field: number, bytes: Uint8Array): Uint8Array =>
    protobuf.Writer.create()
      .uint32((field << 3) | 2)
      .bytes(bytes)
      .finish();
  const refusal = async (body: Buffer | object, headers?: Readonly<Record<string, string>>) => {
    const { status, body: answered } = await new World().otlp(body, headers);
    return `${String(status)} ${answered.toString()}`;
  };

  it('by empty points is refused before they are made', async () => {
    const empty = Buffer.alloc(2_000_000, Buffer.from([0x0a, 0x00]));
    const body = [5, 2, 2, 1].reduce<Uint8Array>((inner, field) => held(field, inner), empty);
    expect(await refusal(Buffer.from(body), protobufType)).toMatch(/^413 .*more points and attributes/s);
    expect(await refusal(Buffer.from(`{"a":[${'{},'.repeat(400_000)}{}]}`))).toMatch(/^413 .*more points and attributes/);
  });

  it('by values within values is refused where protobuf goes no deeper', async () => {
    // An AnyValue (2 of a KeyValue) with an ArrayValue (5), whose values (1) are such again.
    let value: Uint8Array = Buffer.alloc(0);
    for (let depth = 0; depth < 100; depth += 1) value = held(5, held(1, value));
    const body = [2, 1, 1, 1].reduce<Uint8Array>((inner, field) => held(field, inner), value);
    expect(await refusal(Buffer.from(body), protobufType)).toMatch(/^400 .*nested too deeply/s);
    const deep = `{"arrayValue":{"values":[`.repeat(100);
    const tail = ']}}'.repeat(100);
    const request = `{"resourceMetrics":[{"resource":{"attributes":[{"key":"a","value":${deep}${tail}}]}}]}`;
    expect(await refusal(Buffer.from(request))).toMatch(/^400 .*nested too deeply/);
  });

  it('by points is refused beyond ten thousand', async () => {
    expect(await refusal(gauge(Array.from({ length: 10_001 }, () => ({ asInt: 1 }))))).toMatch(/^413 .*more than 10000 values/);
  });

  it('by attributes or buckets of one point, each of which has all the others, leaves that point out', async () => {
    const attributes = Array.from({ length: 129 }, (_, n) => ({ key: `k${String(n)}`, value: { stringValue: 'v' } }));
    expect(await refusal(gauge([{ asInt: 1, attributes }]))).toMatch(/^200 .*more than 128 attributes/);
    const long = [{ key: 'k', value: { stringValue: 'v'.repeat(9_000) } }];
    expect(await refusal(gauge([{ asInt: 1, attributes: long }]))).toMatch(/^200 .*8192 characters/);
    const buckets = { positive: { bucketCounts: Array.from({ length: 1_001 }, () => 1) } };
    const wide = { name: 'a', exponentialHistogram: { aggregationTemporality: 1, dataPoints: [{ count: 1, ...buckets }] } };
    expect(await refusal(exported(wide))).toMatch(/^200 .*more than 1000 buckets/);
  });
});
