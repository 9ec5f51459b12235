import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Destinations } from './destinations.js';
import type { SignedPost } from './envelope.js';

/** A receiver has so long to answer, looking up its name and connecting included, ms. */
const timeoutMs = 10_000;
/** A connection that nothing uses is closed after so long, ms. */
const idleMs = 30_000;
/** Idle connections kept to one receiver. */
const mostIdle = 16;
/** Of an answer so much is read, bytes: nothing in it matters, but a connection can only be used again when it has been read. */
const mostRead = 16 * 1024;

/** What a receiver said; `refused` says why the post did not get that far. */
export type Answer =
  { readonly status: number; readonly retryAfter: string | undefined } | { readonly status: undefined; readonly refused: string };

/** Posts to receivers over connections that are kept, each to an address that was checked when it was opened. Redirects are not followed. */
export class Poster {
  private readonly agents: Readonly<Record<'http:' | 'https:', http.Agent>>;

  constructor(private readonly destinations: Destinations) {
    const options = { keepAlive: true, maxFreeSockets: mostIdle, timeout: idleMs, lookup: checkedLookup(destinations) };
    this.agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  /** @throws the signal's reason when it ends the post. */
  async post(url: string, post: SignedPost, signal: AbortSignal): Promise<Answer> {
    const refused = this.destinations.objectionTo(url);
    if (refused !== undefined) return { status: undefined, refused };
    for (let again = false; ; again = true) {
      const { answer, wasStale } = await this.once(new URL(url), post, signal);
      signal.throwIfAborted();
      // The receiver closed an idle connection just as it was used again; it has seen nothing.
      if (!wasStale || again) return answer;
    }
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  private once(url: URL, { body, headers }: SignedPost, signal: AbortSignal): Promise<{ answer: Answer; wasStale: boolean }> {
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const late = AbortSignal.timeout(timeoutMs);
    return new Promise((resolve) => {
      const request = (protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        agent: this.agents[protocol],
        headers,
        signal: AbortSignal.any([signal, late]),
      });
      request.on('response', (response) => {
        readAway(response);
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ answer: { status, retryAfter: answered['retry-after'] }, wasStale: false });
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        const refused = late.aborted
          ? `no answer within ${timeoutMs / 1_000} s`
          : error.message || (error.code ?? 'no connection');
        const wasStale = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
        resolve({ answer: { status: undefined, refused }, wasStale });
      });
      request.end(body);
    });
  }
}

/** Who sends more than is worth reading loses the connection. */
function readAway(response: http.IncomingMessage): void {
  let read = 0;
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > mostRead) response.destroy();
  });
  response.on('error', () => undefined);
}

/** Looks a name up once for a connection and gives away nothing but what was checked, so that it cannot change in between (DNS rebinding). */
const checkedLookup =
  (destinations: Destinations): LookupFunction =>
  (name, options, done) => {
    destinations.addressesOf(name).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) done(null, [...addresses]);
        else done(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => {
        done(error as NodeJS.ErrnoException, '');
      },
    );
  };
