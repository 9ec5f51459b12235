import { openWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.front.close();
});

/** What exporters of OpenTelemetry go by is the form of their own protocol, whoever refuses them. */
describe('an OTLP request', () => {
  const post = (body: Buffer, headers: Readonly<Record<string, string>>) =>
    world.http.post<Buffer>('/v1/metrics', body, { headers, responseType: 'arraybuffer' });

  it.each([
    ['that is too large', Buffer.alloc(1024 * 1024 + 1), { 'Content-Type': 'application/json' }, 413, 'larger than 1 MiB'],
    ['of another type', Buffer.from('a 1'), { 'Content-Type': 'text/plain' }, 415, 'Content-Type says neither'],
    [
      'that fails inside',
      Buffer.from('{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":1}]}}]}]}]}'),
      { 'Content-Type': 'application/json' },
      500,
      'nothing was half done',
    ],
  ])('%s is told so by a google.rpc.Status', async (_, body, headers, status, words) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/json']);
    expect(JSON.parse(answer.data.toString())).toMatchObject({ message: expect.stringContaining(words) as string });
  });

  it('that is too large is told so in protobuf where it is protobuf', async () => {
    const answer = await post(Buffer.alloc(1024 * 1024 + 1), { 'Content-Type': 'application/x-protobuf' });
    expect([answer.status, answer.headers['content-type']]).toEqual([413, 'application/x-protobuf']);
    expect(answer.data.toString()).toContain('larger than 1 MiB');
  });
});
