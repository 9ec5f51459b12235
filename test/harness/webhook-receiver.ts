import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

export interface Received {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** Somebody's webhook endpoint: takes events whose signature is right, and refuses the others. */
export class WebhookReceiver {
  readonly events: Received[] = [];
  refused = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(secret: string): Promise<WebhookReceiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const receiver = new WebhookReceiver(server, `http://127.0.0.1:${String(port)}/hooks`);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        try {
          new Webhook(secret).verify(body, request.headers as Record<string, string>);
          receiver.events.push({ ...(JSON.parse(body) as Omit<Received, 'at'>), at: Date.now() });
          response.writeHead(204).end();
        } catch {
          receiver.refused += 1;
          response.writeHead(401).end();
        }
      });
    });
    return receiver;
  }

  types(): readonly string[] {
    return this.events.map((event) => event.type);
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
