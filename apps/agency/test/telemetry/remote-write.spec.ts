import { type Clock, createLog } from '@cloud-agency/runtime';
import fc from 'fast-check';
import { uncompressSync } from 'snappy';
import type { Figure } from '../../src/telemetry/figure.js';
import { RemoteWrite, type RemoteWriteParts } from '../../src/telemetry/remote-write/remote-write.js';
import { send } from '../../src/telemetry/remote-write/sending.js';
import { samplesOf } from '../../src/telemetry/remote-write/series.js';
import { writeRequest } from '../../src/telemetry/remote-write/write-request.js';
import { decodedRequest, RemoteReceiver } from './remote-receiver.js';

const silent = createLog('remote write', 'silent');
const up = (compute: string, value = 1): Figure => ({ name: 'agency_compute_up', labels: { compute }, value });

describe('a request', () => {
  const figure: fc.Arbitrary<Figure> = fc.record({
    name: fc.constantFrom('agency_compute_up', 'agency_guarantee_measured'),
    labels: fc.dictionary(
      fc.constantFrom('tenant', 'agreement', 'compute', 'name', 'Zone'),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
    ),
    value: fc.double({ noNaN: true }),
  });

  it.each([1, 2] as const)('says the same to another reader of protocol %i, whatever the labels and values', (protocol) => {
    fc.assert(
      fc.property(fc.array(figure, { maxLength: 40 }), fc.integer({ min: 0, max: 4e12 }), (figures, at) => {
        const { body } = writeRequest(samplesOf(figures, { cluster: 'here' }, at), protocol, 'a test');
        const read = decodedRequest(body, protocol);
        expect(read.map(({ value }) => value)).toEqual(figures.map(({ value }) => value));
        read.forEach((sample, index) => {
          const { name, labels } = figures[index]!;
          const given = Object.entries({ cluster: 'here', ...labels, __name__: name }).filter(([, value]) => value !== '');
          expect(sample.labels).toEqual(Object.fromEntries(given));
          expect(sample.names).toEqual([...sample.names].sort());
          expect(sample.at).toBe(at);
        });
      }),
    );
  });

  it('marks a series that has ended with the NaN that Prometheus knows', () => {
    const [sample] = samplesOf([up('a')], {}, 5);
    const { body } = writeRequest([{ ...sample!, value: 'stale' }], 1, 'a test');
    expect(uncompressSync(body)).toEqual(expect.anything());
    expect((uncompressSync(body) as Buffer).includes(Buffer.from('020000000000f07f', 'hex'))).toBe(true);
    expect(decodedRequest(body)[0]?.value).toBeNaN();
  });

  it('names its protocol, and in the second what its metrics are', () => {
    expect(writeRequest([], 1, 'me/1').headers).toEqual({
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
      'User-Agent': 'me/1',
    });
    const second = writeRequest(samplesOf([up('a')], {}, 5), 2, 'me/1');
    expect(second.headers).toMatchObject({
      'Content-Type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'X-Prometheus-Remote-Write-Version': '2.0.0',
    });
    expect(decodedRequest(second.body, 2)[0]?.help).toContain('1 while the probes of a machine find it up');
  });
});

/** Time goes on when the test says so, and waits end at once but are noted. */
class TurningClock implements Clock {
  readonly waits: number[] = [];
  private at = 1_000;
  private turns: (() => void) | undefined;

  now(): number {
    return this.at;
  }

  after(ms: number, task: () => void): () => void {
    this.waits.push(ms);
    const immediate = setImmediate(task);
    return () => {
      clearImmediate(immediate);
    };
  }

  every(_ms: number, task: () => void): () => void {
    this.turns = task;
    return () => {
      this.turns = undefined;
    };
  }

  turn(): void {
    this.at += 15_000;
    this.turns?.();
  }
}

describe('remote write', () => {
  let receiver: RemoteReceiver;
  let clock: TurningClock;
  let figures: readonly Figure[];
  let counted: Record<string, number>;
  const running: RemoteWrite[] = [];

  const begin = (parts: Partial<RemoteWriteParts> = {}): RemoteWrite => {
    const remote = new RemoteWrite({
      ...{ clock, log: silent, everyMs: 15_000, queue: 3, protocol: 1, labels: {}, agent: 'a test' },
      read: () => Promise.resolve(figures),
      send: (request) => send(receiver.url, request, { authorization: 'Bearer secret' }, clock.now()),
      count: (outcome, samples) => (counted[outcome] = (counted[outcome] ?? 0) + samples),
      ...parts,
    });
    running.push(remote);
    return remote;
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise(setImmediate);
  };

  beforeEach(async () => {
    receiver = await RemoteReceiver.start();
    clock = new TurningClock();
    figures = [up('a'), up('b')];
    counted = {};
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((remote) => remote.stop()));
    await receiver.stop();
  });

  it('tells at every turn how things are, with the headers of its configuration', async () => {
    begin();
    clock.turn();
    await until(() => counted.taken === 2);
    figures = [up('a', 0), up('b')];
    clock.turn();
    await until(() => counted.taken === 4);
    expect(receiver.taken().map(({ labels, value, at }) => [labels.compute, value, at])).toEqual([
      ['a', 1, 16_000],
      ['b', 1, 16_000],
      ['a', 0, 31_000],
      ['b', 1, 31_000],
    ]);
    expect(receiver.requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret', 'content-encoding': 'snappy' });
  });

  it('marks a series that is there no more, once', async () => {
    begin();
    clock.turn();
    await until(() => counted.taken === 2);
    figures = [up('b')];
    clock.turn();
    await until(() => counted.taken === 4);
    clock.turn();
    await until(() => counted.taken === 5);
    const ended = receiver.taken().filter(({ labels }) => labels.compute === 'a');
    expect(ended.map(({ value, at }) => [value, at])).toEqual([
      [1, 16_000],
      [NaN, 31_000],
    ]);
  });

  it('sends again what the receiver could not take, in order and ever more slowly, and as late as it asks', async () => {
    receiver.answers.push({ status: 503 }, { status: 500 }, { status: 429, headers: { 'Retry-After': '30' } });
    begin();
    clock.turn();
    await until(() => counted.taken === 2);
    clock.turn();
    await until(() => counted.taken === 4);
    expect(receiver.requests.map(({ status }) => status)).toEqual([503, 500, 429, 204, 204]);
    expect(receiver.taken().map(({ at }) => at)).toEqual([16_000, 16_000, 31_000, 31_000]);
    expect(clock.waits).toEqual([1_000, 2_000, 30_000]);
  });

  it('waits until a date too, but an hour at most', async () => {
    const at = (ms: number) => ({ status: 503, headers: { 'Retry-After': new Date(clock.now() + ms).toUTCString() } });
    receiver.answers.push(at(60_000), { status: 429, headers: { 'Retry-After': '9999999' } });
    begin();
    clock.turn();
    await until(() => counted.taken === 2);
    expect(clock.waits).toEqual([45_000, 3_600_000]);
  });

  it('takes an answer that does not say what was written for none of protocol 2', async () => {
    begin({ protocol: 2 });
    receiver.answers.push({ status: 204 }, { status: 204, headers: { 'X-Prometheus-Remote-Write-Samples-Written': '2' } });
    clock.turn();
    await until(() => counted.refused === 2);
    clock.turn();
    await until(() => counted.taken === 2);
  });

  it('gives up what is refused for good, and goes on with what comes after it', async () => {
    receiver.answers.push({ status: 400 });
    begin();
    clock.turn();
    await until(() => counted.refused === 2);
    clock.turn();
    await until(() => counted.taken === 2);
    expect(receiver.taken().map(({ at }) => at)).toEqual([31_000, 31_000]);
  });

  it('drops what has waited longest when too much waits, and counts it', async () => {
    let answer: ((outcome: { is: 'taken' }) => void) | undefined;
    const sent: number[] = [];
    const remote = begin({
      send: (request) => {
        sent.push(decodedRequest(request.body)[0]?.at ?? 0);
        return new Promise((resolve) => (answer = resolve));
      },
    });
    for (let turns = 1; turns <= 5; turns += 1) {
      clock.turn();
      await until(() => remote.waiting === Math.min(turns, 3) && (turns <= 3 || counted.dropped === 2 * (turns - 3)));
    }
    for (let left = 3; left > 0; left -= 1) {
      await until(() => sent.length === 4 - left);
      answer?.({ is: 'taken' });
      await until(() => remote.waiting === left - 1);
    }
    expect(sent).toEqual([16_000, 61_000, 76_000]);
    expect(counted).toEqual({ dropped: 4, taken: 6 });
  });

  it('goes on when its receiver is away for a while', async () => {
    await receiver.stop();
    begin();
    clock.turn();
    await until(() => clock.waits.length > 2);
    const { port } = new URL(receiver.url);
    receiver = await RemoteReceiver.start(Number(port));
    await until(() => counted.taken === 2);
    expect(receiver.taken().map(({ at }) => at)).toEqual([16_000, 16_000]);
  });
});
