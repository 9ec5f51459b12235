import { createServer, type Socket } from 'node:net';
import { bad, closed, good, listening, probed } from './probing.js';

let port: number;
let talk: (socket: Socket) => void = () => undefined;
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  talk(socket);
});
beforeAll(async () => {
  port = await listening(server);
});
afterAll(() => closed(server));

it('succeeds with the connection where nothing else is wanted', async () => {
  talk = () => undefined;
  expect(await probed({ tcp: { port } })).toEqual({ ...good, detail: `port ${String(port)} is open` });
});

it('waits for what is expected, however it comes', async () => {
  talk = (socket) => {
    socket.write('220 mail.exa');
    socket.once('data', (said) => socket.write(said.toString() === 'EHLO x\r\n' ? 'mple ready\r\n' : 'what?\r\n'));
  };
  expect(await probed({ tcp: { port, send: 'EHLO x\r\n', expect: 'example ready' } })).toMatchObject(good);
  expect(await probed({ tcp: { port, send: 'HELO', expect: 'example ready' } }, { timeout: 100 })).toEqual(
    bad('"example ready" has not come within 100 ms'),
  );
});

it('fails when something else comes, for ever or to the end', async () => {
  talk = (socket) => socket.end('554 go away');
  expect(await probed({ tcp: { port, expect: '220' } })).toEqual(bad('answers "554 go away", which is not what is expected'));
  talk = (socket) => {
    const more = (): void => {
      while (socket.write('x'.repeat(65_536)));
      socket.once('drain', more);
    };
    more();
  };
  expect(await probed({ tcp: { port, expect: '220' } })).toEqual(bad(expect.stringContaining('which is not what is expected')));
});

it('fails where nobody listens', async () => {
  const other = createServer();
  const free = await listening(other);
  await closed(other);
  expect(await probed({ tcp: { port: free } })).toEqual(bad(expect.stringContaining('ECONNREFUSED')));
});
