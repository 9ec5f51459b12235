import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VendorHttp } from '../src/vendor/http.js';
import type { VendorDriver } from '../src/vendor/port.js';

export interface Recorded {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Never answers. */
  readonly hang?: boolean;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server that answers as a test has it answer, and remembers what it was asked. */
export class RecordedCloud {
  readonly seen: Seen[] = [];
  private readonly server = createServer((request, response) => {
    void this.take(request).then((seen) => {
      const { status = 200, headers = {}, body = '', hang = false } = this.answer(seen);
      if (hang) return;
      response.writeHead(status, headers).end(body);
    });
  });

  private constructor(private readonly answer: (seen: Seen) => Recorded) {}

  static async open(answer: (seen: Seen) => Recorded): Promise<RecordedCloud> {
    const cloud = new RecordedCloud(answer);
    await new Promise<void>((resolve) => cloud.server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage): Promise<Seen> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.seen.push(seen);
    return seen;
  }
}

export const testHttp = (options: { timeoutMs?: number; signal?: AbortSignal } = {}): VendorHttp =>
  new VendorHttp({
    timeoutMs: options.timeoutMs ?? 2_000,
    concurrency: 4,
    random: () => 0,
    signal: options.signal ?? new AbortController().signal,
  });

/** The parts of a driver that the family always has. */
export function partsOf(driver: VendorDriver): Required<Pick<VendorDriver, 'operations' | 'volumes' | 'networks'>> {
  const { operations, volumes, networks } = driver;
  if (!operations || !volumes || !networks) throw new Error('the driver lacks a part');
  return { operations, volumes, networks };
}
