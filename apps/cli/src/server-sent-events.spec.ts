import fc from 'fast-check';
import { Readable } from 'node:stream';
import { serverSentEvents } from './server-sent-events.js';

async function read(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of serverSentEvents(Readable.from(chunks))) events.push(event);
  return events;
}

it('reads the same events however the bytes are cut into chunks', async () => {
  const stream = Buffer.from(
    ': hello\n\nid: 1\nevent: cfp.open\ndata: {"a":"ü€"}\n\nevent: nothing\n\ndata: two\r\ndata: lines\r\n\r\nretry: 9\nid: 7\n\n',
  );
  const events = [
    { event: 'cfp.open', id: '1', data: '{"a":"ü€"}' },
    { event: 'message', id: '', data: 'two\nlines' },
    { event: 'message', id: '7', data: '' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 })), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const chunks = at.slice(1).map((end, index) => stream.subarray(at[index], end));
      expect(await read(chunks)).toEqual(events);
    }),
  );
});
