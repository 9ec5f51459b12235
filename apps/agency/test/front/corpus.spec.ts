import { registry } from '../../../../libs/occi/test/arbitrary.js';
import { type Sent, typeOf } from '../../../../libs/occi/test/corpus/case.js';
import { illegal } from '../../../../libs/occi/test/corpus/illegal.js';
import { legal } from '../../../../libs/occi/test/corpus/legal.js';
import { categoryId } from '@cloud-agency/occi';
import { answerIn, exchange, type RawAnswer } from './raw.js';
import { RecordingSource } from './recording-source.js';
import { openWorld, type World } from './world.js';

let world: World;
const sources = registry.kinds
  .filter(({ scheme, location }) => scheme === 'http://schemas.ogf.org/occi/infrastructure#' && location)
  .map((kind) => new RecordingSource(categoryId(kind)));
beforeAll(async () => {
  world = await openWorld({ sources });
});
afterAll(async () => {
  await world.front.close();
});

/** As a client would write it on the wire, byte for byte. */
async function post(sent: Sent): Promise<RawAnswer> {
  const body = Buffer.from(sent.body ?? '');
  const type = typeOf(sent);
  const head = [
    'POST / HTTP/1.1',
    `Host: ${new URL(world.front.url).host}`,
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    ...(sent.headers ?? []).map(([name, value]) => `${name}: ${value}`),
  ];
  return answerIn(await exchange(world.front.url, Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])));
}

describe('over HTTP, what is odd but legal', () => {
  it.each(legal.map((one) => [one.name, one] as const))('is created: %s', async (_, one) => {
    for (const { drafts } of sources) drafts.length = 0;
    const { status, body, headers } = await post(one);
    expect([status, body]).toEqual([201, expect.any(String)]);
    expect(headers.location?.[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\w+\/1?\d+$/);
    const [draft] = sources.flatMap(({ drafts }) => drafts);
    expect(draft).toMatchObject(one.draft);
  });
});

describe('over HTTP, what is illegal', () => {
  it.each(illegal.map((one) => [one.name, one] as const))('is refused: %s', async (_, one) => {
    for (const { drafts } of sources) drafts.length = 0;
    const { status, body } = await post(one);
    expect([status, body]).toEqual([one.status, expect.stringContaining(one.says)]);
    expect(sources.flatMap(({ drafts }) => drafts)).toEqual([]);
  });
});
