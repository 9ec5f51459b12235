import { createServer, type Server } from 'node:http';
import { instancePort } from './address-block.js';
import type { Instance } from './instance.js';

/** The instances' own HTTP servers: each at its address, while it runs. */
export class Answers {
  private readonly servers = new Map<string, Server>();

  /** Resolves once it answers; resolves too when it does already, or when it was closed meanwhile. */
  async open(instance: Instance): Promise<void> {
    if (instance.address === null || this.servers.has(instance.id)) return;
    const server = serverOf(instance);
    this.servers.set(instance.id, server);
    try {
      await listen(server, instance.address);
    } catch (error) {
      this.servers.delete(instance.id);
      throw error;
    }
    if (this.servers.get(instance.id) !== server) server.close();
  }

  /** From here on connections are refused; those open are cut. */
  close(id: string): void {
    const server = this.servers.get(id);
    if (!server) return;
    this.servers.delete(id);
    server.close();
    server.closeAllConnections();
  }

  closeAll(): void {
    for (const id of [...this.servers.keys()]) this.close(id);
  }
}

function serverOf({ id, cloud, region, zone, size }: Instance): Server {
  const health = JSON.stringify({ status: 'ok', instance: id, cloud, region, zone, type: size });
  return createServer((request, response) => {
    if (request.url === '/health') response.writeHead(200, { 'content-type': 'application/json' }).end(health);
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(`Instance ${id} (${size}) of ${cloud} in ${zone}.\n`);
  });
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: instancePort, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
