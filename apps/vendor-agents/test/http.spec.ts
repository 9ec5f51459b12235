import { type Recorded, RecordedCloud, testHttp } from './recorded-cloud.js';
import { until } from './until.js';
import { retryAfterMs, type VendorHttp } from '../src/vendor/http.js';

let cloud: RecordedCloud;
let http: VendorHttp;
const answers: Recorded[] = [];

beforeEach(async () => {
  answers.length = 0;
  cloud = await RecordedCloud.open(() => answers.shift() ?? { body: 'fine' });
  http = testHttp({ timeoutMs: 200 });
});
afterEach(async () => {
  http.close();
  await cloud.close();
});

const get = () => http.send({ method: 'GET', url: cloud.url, scope: 'r1', idempotent: true });
const post = () => http.send({ method: 'POST', url: cloud.url, body: 'x', scope: 'r1', idempotent: false });

it('retries an idempotent call that the vendor could not answer for the moment', async () => {
  answers.push({ status: 503 }, { status: 500 });
  await expect(get()).resolves.toMatchObject({ status: 200, body: 'fine' });
  expect(cloud.seen).toHaveLength(3);
});

it('gives up after three attempts and hands over the last answer', async () => {
  answers.push({ status: 502 }, { status: 502 }, { status: 502, body: 'still down' });
  await expect(get()).resolves.toMatchObject({ status: 502, body: 'still down' });
  expect(cloud.seen).toHaveLength(3);
});

it('never repeats a call that is not idempotent', async () => {
  answers.push({ status: 503 });
  await expect(post()).resolves.toMatchObject({ status: 503 });
  answers.push({ hang: true });
  await expect(post()).rejects.toMatchObject({ reason: 'timeout', outcomeUnknown: true });
  expect(cloud.seen).toHaveLength(2);
});

it('waits as long as Retry-After says', async () => {
  answers.push({ status: 429, headers: { 'retry-after': '0.3' } });
  const started = performance.now();
  await expect(get()).resolves.toMatchObject({ status: 200 });
  expect(performance.now() - started).toBeGreaterThanOrEqual(290);
});

it('hands over at once when Retry-After asks for more than a retry is worth', async () => {
  answers.push({ status: 429, headers: { 'retry-after': '600' } });
  await expect(get()).resolves.toMatchObject({ status: 429 });
  expect(cloud.seen).toHaveLength(1);
});

it('takes 413 for a passing condition where it comes with a Retry-After, and for what it says otherwise', async () => {
  answers.push({ status: 413, headers: { 'retry-after': '0' } });
  await expect(get()).resolves.toMatchObject({ status: 200 });
  answers.push({ status: 413 });
  await expect(get()).resolves.toMatchObject({ status: 413 });
});

it('says that nothing answers, without the request and its secrets, and that nothing was sent', async () => {
  const { url } = cloud;
  await cloud.close();
  const failure = http.send({ method: 'POST', url, headers: { authorization: 'top-secret' }, scope: 'r1', idempotent: false });
  await expect(failure).rejects.toMatchObject({ reason: 'unavailable', vendorCode: 'ECONNREFUSED', outcomeUnknown: false });
  const error: unknown = await failure.catch((thrown: unknown) => thrown);
  expect(JSON.stringify(error)).not.toContain('top-secret');
  expect(error).not.toHaveProperty('cause');
  cloud = await RecordedCloud.open(() => ({}));
});

it('stops asking a region that keeps failing, and goes on asking the others', async () => {
  answers.push(...Array.from({ length: 10 }, () => ({ status: 500 })));
  for (let i = 0; i < 10; i += 1) await post();
  await expect(post()).rejects.toMatchObject({ reason: 'unavailable', outcomeUnknown: false });
  expect(cloud.seen).toHaveLength(10);
  await expect(http.send({ method: 'GET', url: cloud.url, scope: 'r2', idempotent: true })).resolves.toMatchObject({
    status: 200,
  });
});

it('never has more calls in flight than the account allows', async () => {
  let inFlight = 0;
  let most = 0;
  const slow = await RecordedCloud.open(() => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    setImmediate(() => (inFlight -= 1));
    return {};
  });
  await Promise.all(Array.from({ length: 20 }, () => http.send({ method: 'GET', url: slow.url, scope: 'r1', idempotent: true })));
  await slow.close();
  expect(slow.seen).toHaveLength(20);
  expect(most).toBeLessThanOrEqual(4);
});

it.each([
  ['120', 120_000],
  ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
  ['soon', undefined],
])('reads Retry-After %s', (text, wanted) => {
  const headers = { 'retry-after': text, date: 'Wed, 21 Oct 2026 07:28:00 GMT' };
  expect(retryAfterMs({ status: 429, body: '', headers })).toBe(wanted);
});

it('ends every call in flight when it is told to stop', async () => {
  const stop = new AbortController();
  const stopping = testHttp({ signal: stop.signal });
  answers.push({ hang: true });
  const waiting = stopping.send({ method: 'POST', url: cloud.url, scope: 'r1', idempotent: false });
  waiting.catch(() => undefined);
  await until('asked', () => cloud.seen.length === 1);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ reason: 'unavailable', vendorCode: 'ERR_CANCELED' });
  stopping.close();
});
