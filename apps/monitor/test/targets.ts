import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A machine on a loopback address that answers probes as it is told to. */
export class MachineStub {
  status = 200;
  delay = 0;
  /** When its last answer left, ms since 1970. */
  lastAnswer = 0;
  private server: Server | undefined;

  private constructor(
    readonly address: string,
    private port: number,
  ) {}

  static async at(address: string, port = 0): Promise<MachineStub> {
    const stub = new MachineStub(address, port);
    await stub.boot();
    return stub;
  }

  get url(): string {
    return `http://{address}:${String(this.port)}/health`;
  }

  get listeningPort(): number {
    return this.port;
  }

  async boot(): Promise<void> {
    const server = createServer((_, response) => {
      setTimeout(() => {
        this.lastAnswer = Date.now();
        response.writeHead(this.status).end('{"status":"ok"}');
      }, this.delay);
    });
    server.listen(this.port, this.address);
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async die(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** Resolves once the condition holds; fails after `within` ms. */
export async function until(condition: () => boolean, within = 15_000): Promise<void> {
  const deadline = Date.now() + within;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`This did not come true within ${String(within)} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
