import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';
import { Screen } from '../harness/screen.js';
import { shop } from './calls.js';

const program = join(__dirname, '../../apps/cli/bin/agency.js');

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly type: string;
  readonly subject: string;
}

/** A receiver that answers as the test says: a status, or nothing. */
class Receiver {
  readonly posted: Posted[] = [];
  answer: (posted: Posted) => number | undefined = () => 204;
  private readonly held: ServerResponse[] = [];
  private readonly server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const posted = { headers: request.headers, body, ...(JSON.parse(body) as Pick<Posted, 'type' | 'subject'>) };
      this.posted.push(posted);
      const status = this.answer(posted);
      if (status === undefined) this.held.push(response);
      else response.writeHead(status).end();
    });
  });

  async open(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  about(subject: string): readonly string[] {
    return [...new Set(this.posted.filter((one) => one.subject === subject).map(({ type }) => type))];
  }

  async close(): Promise<void> {
    for (const response of this.held) response.destroy();
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** What happens is told to webhooks, to streams and on the terminal, whatever becomes of the Agency meanwhile. */
describe('telling', () => {
  const clouds = ['linode'];
  let agency: AgencyProcess;
  let client: Client;
  let receiver: Receiver;
  let webhook: string;
  let secret: string;

  const watcherOf = (...args: string[]): ChildProcess =>
    spawn('script', ['-qefc', `stty cols 80 rows 24; exec ${process.execPath} ${program} ${args.join(' ')}`, '/dev/null'], {
      env: { ...process.env, AGENCY_URL: agency.url, NO_COLOR: '1' },
    });
  const act = async (action: string, attributes: object = {}) => {
    const scheme = 'http://schemas.cloud-agency.dev/occi/agency/webhook/action#';
    const body = JSON.stringify({ action: scheme + action, attributes });
    return await client.request('POST', `${webhook}?action=${action}`, body, {
      'content-type': 'application/occi+json',
    });
  };
  const attributesOf = (data: unknown) => (data as { attributes: Record<string, unknown> }).attributes;

  beforeAll(async () => {
    receiver = new Receiver();
    agency = await AgencyProcess.start({ clouds });
    client = new Client(agency.url);
    const kind = 'http://schemas.cloud-agency.dev/occi/agency#webhook';
    const attributes = { 'agency.webhook.url': await receiver.open() };
    const made = await client.request('POST', '/webhook/', JSON.stringify({ kind, attributes }), {
      'content-type': 'application/occi+json',
    });
    webhook = new URL(String(made.headers.location)).pathname;
    secret = String(attributesOf(made.data)['agency.webhook.secret']);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
    await receiver.close();
  });
  beforeEach(() => {
    receiver.answer = () => 204;
  });

  it('signs by the old secret and the new one while a webhook is rotated', async () => {
    const rotated = attributesOf((await act('rotate', { 'agency.webhook.overlap': 3600 })).data);
    const fresh = String(rotated['agency.webhook.secret']);
    await act('test');
    await eventually(async () => {
      expect((await client.get(webhook)).attributes['agency.webhook.test']).toMatchObject({ state: 'taken' });
    });
    const ping = receiver.posted.find(({ type }) => type === 'webhook.ping');
    for (const known of [secret, fresh])
      expect(new Webhook(known).verify(ping?.body ?? '', ping?.headers as Record<string, string>)).toMatchObject({
        subject: webhook,
      });
    expect((await client.get(webhook)).attributes).not.toHaveProperty('agency.webhook.secret');
  });

  it('keeps the order of what happens to one entity, and does not hold up the others', async () => {
    let refused = '';
    receiver.answer = ({ subject }) => (subject === refused ? 500 : 204);
    const stuck = await client.submit(shop({ name: 'stuck', webs: 1 }));
    refused = `/cfp/${stuck}`;
    const free = await client.submit(shop({ name: 'free', webs: 1 }));
    await eventually(async () => {
      expect(await Promise.resolve(receiver.about(`/cfp/${free}`))).toEqual(['cfp.open', 'cfp.evaluating', 'cfp.proposed']);
    });
    await client.cfpReaches(stuck, 'proposed');
    await eventually(async () => {
      expect((await client.get(webhook)).attributes['agency.webhook.state']).toBe('failing');
    });
    expect(receiver.about(refused)).not.toContain('cfp.proposed');
    refused = '';
    await eventually(async () => {
      expect(await Promise.resolve(receiver.about(`/cfp/${stuck}`))).toEqual(['cfp.open', 'cfp.evaluating', 'cfp.proposed']);
      expect((await client.get(webhook)).attributes['agency.webhook.state']).toBe('active');
    });
  });

  it('posts again, by the same id, what it does not know the fate of; streams go on without loss or doubling; the terminal connects again', async () => {
    const seen: number[] = [];
    const ended = new AbortController();
    const stream = (async () => {
      for (let last = '0'; !ended.signal.aborted;) {
        const answer = await eventually(async () =>
          ended.signal.aborted
            ? undefined
            : await fetch(new URL('/events', agency.url), { headers: { 'last-event-id': last }, signal: ended.signal }),
        ).catch(() => undefined);
        try {
          for await (const chunk of (answer?.body?.pipeThrough(new TextDecoderStream()) ?? []) as AsyncIterable<string>)
            for (const [, id = '', rest] of chunk.matchAll(/^id: (\d+)\n(event:)?/gm)) {
              last = id;
              if (rest) seen.push(Number(id));
            }
        } catch {
          // The Agency is gone; it comes back.
        }
      }
    })();
    const screen = new Screen(80, 24);
    const watcher = watcherOf('watch');
    watcher.stdout?.on('data', (chunk: Buffer) => {
      screen.write(chunk.toString());
    });
    const code = once(watcher, 'exit');
    await screen.shows(/^0 agreements at .* connected /);

    let held: Posted | undefined;
    receiver.answer = (posted) => {
      if (posted.type !== 'cfp.open') return 204;
      held = posted;
      return undefined;
    };
    await client.submit(shop({ name: 'killed', webs: 1 }));
    await eventually(async () => {
      expect(await Promise.resolve(held)).toBeDefined();
    });
    await agency.kill();
    await screen.shows(/DISCONNECTED since/);
    receiver.answer = () => 204;
    agency = await AgencyProcess.start({ clouds, directory: agency.directory, port: agency.port });
    const id = held?.headers['webhook-id'];
    await eventually(async () => {
      expect(await Promise.resolve(receiver.posted.filter(({ headers }) => headers['webhook-id'] === id).length)).toBe(2);
    });
    const cfp = await client.submit(shop({ name: 'goes-on', webs: 1 }));
    await client.cfpReaches(cfp, 'proposed');
    await screen.shows(/^0 agreements at .* connected /);
    await screen.shows(/Last events\n {2}\d\d:/);
    const answer = await fetch(new URL('/events', agency.url));
    const beginning = await answer.body?.getReader().read();
    const newest = Number(/id: (\d+)/.exec(Buffer.from(beginning?.value ?? []).toString())?.[1]);
    await eventually(async () => {
      expect(await Promise.resolve(seen.filter((number) => number <= newest))).toEqual(
        Array.from({ length: newest }, (_, index) => index + 1),
      );
    });
    ended.abort();
    await stream;
    watcher.stdin?.write('q');
    expect((await code)[0]).toBe(0);
    expect(screen.isAlternate).toBe(false);
  });

  it('gives dead letters back once a webhook is enabled again, also from the command line', async () => {
    receiver.answer = () => 410;
    const cfp = await client.submit(shop({ name: 'gone', webs: 1 }));
    await client.cfpReaches(cfp, 'proposed');
    await eventually(async () => {
      expect((await client.get(webhook)).attributes).toMatchObject({
        'agency.webhook.state': 'disabled',
        'agency.webhook.state.message': 'its receiver answered 410 Gone',
      });
    });
    receiver.answer = () => 204;
    const run = async (...args: string[]): Promise<string> => {
      const child = spawn(process.execPath, [program, 'webhooks', ...args], { env: { ...process.env, AGENCY_URL: agency.url } });
      const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      return output;
    };
    const id = webhook.split('/').at(-1) ?? '';
    expect(await run('list')).toMatch(new RegExp(`${id} +disabled`));
    expect(await run('enable', id)).toContain('is posted to again');
    expect(await run('show', id)).toMatch(new RegExp(`cfp\\.proposed +/cfp/${cfp}`));
    expect(await run('test', id)).toContain('The receiver took the test.');
    await run('replay', id, '--all');
    await eventually(async () => {
      expect(await Promise.resolve(receiver.about(`/cfp/${cfp}`))).toEqual(['cfp.open', 'cfp.evaluating', 'cfp.proposed']);
      expect((await client.get(webhook)).attributes).toMatchObject({
        'agency.webhook.state': 'active',
        'agency.webhook.dead': 0,
      });
    });
  });

  it('refuses a webhook that leads inside, where it stands', async () => {
    const hooks = { url: 'http://169.254.169.254/latest/', secret };
    const answer = await client.request('POST', '/cfp/', shop({ name: 'inside', hooks }), {
      'content-type': 'application/yaml',
      accept: 'application/json',
    });
    expect([answer.status, answer.data]).toMatchObject([
      400,
      {
        code: 'invalid-document',
        problems: [{ path: 'notify[0].url', message: expect.stringContaining('169.254.169.254') as string }],
      },
    ]);
  });
});
