import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a client and a cloud, passes everything on, and counts. */
export class CountingProxy {
  /** The most requests that were under way at once. */
  mostAtOnce = 0;
  /** When each request came, ms. */
  readonly came: number[] = [];
  private underWay = 0;

  private constructor(private readonly server: Server) {}

  static async before(origin: string): Promise<CountingProxy> {
    const { hostname, port } = new URL(origin);
    const server = createServer((incoming, outgoing) => {
      proxy.count(1);
      outgoing.once('close', () => {
        proxy.count(-1);
      });
      const { method, url, headers } = incoming;
      const passed = forward({ hostname, port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      incoming.pipe(passed);
    });
    const proxy = new CountingProxy(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The most requests that came within a time of so many ms. */
  mostWithin(ms: number): number {
    return Math.max(0, ...this.came.map((from) => this.came.filter((at) => at >= from && at < from + ms).length));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private count(change: 1 | -1): void {
    if (change === 1) this.came.push(performance.now());
    this.underWay += change;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
  }
}
