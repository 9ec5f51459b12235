import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; the values of repeated ones. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/** Longest time that an answer may take, ms. */
const patience = 10_000;

/** Sends bytes as they are, and gives all that comes back until the server ends the connection. */
export async function exchange(url: string, bytes: Buffer | string, half: 'closed' | 'open' = 'open'): Promise<string> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const late = setTimeout(() => {
      socket.destroy(new Error(`No end after ${patience} ms; so far: ${Buffer.concat(chunks).toString('latin1').slice(0, 500)}`));
    }, patience);
    socket.on('connect', () => {
      if (half === 'closed') socket.end(bytes);
      else socket.write(bytes);
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server may close before all was sent; what it answered counts.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(late);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}

/** The first answer in what came back, which is one with a Content-Length or none. */
export function answerIn(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, status = '0', reason = ''] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    (headers[line.slice(0, colon).toLowerCase()] ??= []).push(line.slice(colon + 1).trim());
  }
  return { status: Number(status), reason, headers, body: Buffer.from(text.slice(end + 4), 'latin1').toString('utf8') };
}
