import type { IncomingHttpHeaders } from 'node:http';
import { request, type RequestOptions } from 'node:https';

export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly tls: Pick<RequestOptions, 'ca' | 'key' | 'cert' | 'localAddress'>;
  readonly signal: AbortSignal;
}

export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const timeoutMs = 10_000;

/** Posts from an address of the testbed's, over a connection of its own. */
export async function send(url: string, { headers, body, tls, signal }: Sending): Promise<Sent> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { ...tls, method: 'POST', headers, agent: false, signal, timeout: timeoutMs }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts).toString() });
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${String(timeoutMs)} ms`)));
    asked.on('error', reject);
    asked.end(body);
  });
}
