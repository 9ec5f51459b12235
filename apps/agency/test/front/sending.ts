import { type Agent, request } from 'node:http';
import type { Attempt } from './attempts.js';

/** Longest time that an answer may take, ms. */
const patience = 10_000;

/** Jest shows it, and what was found instead. */
export const noFault: unknown = { asymmetricMatch: (status: number) => status < 500, toString: () => 'a status below 500' };

export interface Received {
  readonly status: number;
  readonly text: string;
  readonly type: string | undefined;
  readonly location: string | undefined;
}

export const send = (url: string, agent: Agent, { method, path, headers, body }: Attempt): Promise<Received> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = { 'Content-Length': Buffer.byteLength(body) };
    const sent = request(
      { agent, maxHeaderSize: 1024 * 1024, hostname, port, method, path, headers: { ...headers, ...length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: received } = response;
          resolve({
            status,
            text: Buffer.concat(chunks).toString(),
            type: received['content-type'],
            location: received.location,
          });
        });
      },
    );
    sent.setTimeout(patience, () => sent.destroy(new Error(`No answer within ${patience} ms.`)));
    sent.on('error', reject).end(body);
  });

/** Every answer has a type, and tells nothing of a fault of ours. */
export function acceptable({ status, text, type }: Received, { headers }: Pick<Attempt, 'headers'>): void {
  expect(status).toBeGreaterThanOrEqual(200);
  // A version that is not spoken is all that a client can bring a 5xx about by.
  const told = /OCCI\/\d/.test(headers['User-Agent'] ?? '') && status === 501;
  if (!told) expect([text, status]).toEqual([text, noFault]);
  expect(type).toBeDefined();
  expect(text).not.toMatch(/\bat .*\.[jt]s:\d+/);
}
