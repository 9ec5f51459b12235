import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Entity {
  readonly id: string;
  readonly title?: string;
  readonly attributes: Record<string, unknown>;
}

/** The Agency's front as far as the terminal sees it: entities that the test sets, actions and documents that it can look at. */
export class Front {
  readonly entities: Record<string, Entity[]> = { cfp: [], proposal: [], compute: [], agreement: [], vendor: [] };
  readonly submitted: string[] = [];
  readonly acted: string[] = [];
  /** What happens when somebody submits or acts. */
  onSubmit: () => void = () => undefined;
  onAct: (proposal: string, action: string) => void = () => undefined;
  private readonly listeners = new Set<ServerResponse>();
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));
  private sent = 0;

  async open(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  announce(type: string, message: string): void {
    this.sent += 1;
    const event = { id: this.sent, type, at: '2026-01-01T12:00:00.000Z', subject: '/cfp/c1', message, data: {} };
    for (const listener of this.listeners) listener.write(`id: ${this.sent}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  get listening(): number {
    return this.listeners.size;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://front');
    const [, kind = '', id = ''] = url.pathname.split('/');
    if (url.pathname === '/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': welcome\n\n');
      this.listeners.add(response);
      request.on('close', () => this.listeners.delete(response));
      return;
    }
    if (url.pathname === '/readyz') {
      reply(response, 200, { parts: {} });
      return;
    }
    if (request.method === 'POST') {
      await this.post(request, response, id, url.searchParams.get('action'));
      return;
    }
    const known = this.entities[kind] ?? [];
    if (id === '') {
      reply(response, 200, { resources: known });
      return;
    }
    const entity = known.find((one) => one.id === id);
    if (!entity) {
      reply(response, 404, {
        code: 'not-found',
        title: 'Not found',
        status: 404,
        detail: `/${kind}/${id} does not exist.`,
      });
      return;
    }
    reply(response, 200, entity);
  }

  private async post(request: IncomingMessage, response: ServerResponse, id: string, action: string | null): Promise<void> {
    const body = await text(request);
    if (action !== null) {
      this.acted.push(`${action} ${id}`);
      this.onAct(id, action);
      reply(response, 200, this.entities.proposal?.find((one) => one.id === id) ?? {});
      return;
    }
    this.submitted.push(body);
    this.onSubmit();
    reply(response, 201, this.entities.cfp?.[0] ?? {});
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'Content-Type': status < 400 ? 'application/occi+json' : 'application/problem+json' })
    .end(JSON.stringify(body));
}
