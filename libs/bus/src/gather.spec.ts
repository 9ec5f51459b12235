import type { NatsConnection } from '@nats-io/transport-node';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBus, connectBus } from './connection.js';
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.js';
import { Gatherer, type Standing } from './gather.js';
import type { CfpMessage, ProposeMessage, RefuseMessage } from './messages.js';
import { subjects } from './subjects.js';
import { decoded, encoded } from './validate.js';

const directory = mkdtempSync(join(tmpdir(), 'gather-'));
let server: EmbeddedServer;
let bus: NatsConnection;
let vendors: NatsConnection;
let gatherer: Gatherer;

beforeAll(async () => {
  server = await startEmbeddedServer({ directory, token: 'gather' });
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  [bus, vendors] = await Promise.all([connectBus(server, 'agency'), connectBus(server, 'vendors')]);
  gatherer = new Gatherer(bus);
});
afterEach(async () => {
  gatherer.close();
  await Promise.all([closeBus(bus), closeBus(vendors)]);
});

const cfp = (change: Partial<CfpMessage> = {}): CfpMessage => ({
  id: 'call-1',
  conversation: 'shop',
  sender: 'mediator',
  sequence: 1,
  sentAt: new Date().toISOString(),
  performative: 'cfp',
  round: 1,
  replyBy: new Date(Date.now() + 1_000).toISOString(),
  demand: { needs: [], policy: 'weighted', objectives: [], proposals: 1 },
  excludedOffers: [],
  ...change,
});

const proposal = (sender: string, k = 1, n = 1): ProposeMessage => ({
  id: `${sender}-${k}`,
  conversation: 'shop',
  sender,
  sequence: k,
  sentAt: new Date().toISOString(),
  performative: 'propose',
  inReplyTo: 'call-1',
  part: { k, n },
  answer: { offers: [], items: [] },
});
const refusal = (sender: string): RefuseMessage => {
  const { part, answer, ...rest } = proposal(sender);
  return { ...rest, performative: 'refuse', reason: 'no-feasible-offer', message: `${answer.offers.length} of ${part.n}` };
};

/** An agent that does this with every call that it hears, and where it listens. */
async function agent(name: string, hear: (cfp: CfpMessage, say: (message: object) => void, subject: string) => void) {
  for (const subject of [subjects.cfp, subjects.cfpOf(name)]) {
    vendors.subscribe(subject, {
      queue: name,
      callback: (_error, message) => {
        hear(
          decoded(message.data) as CfpMessage,
          (reply) => {
            vendors.publish(message.reply ?? '', encoded(reply));
          },
          subject,
        );
      },
    });
  }
  await vendors.flush();
}

async function gathered(names: readonly string[], within = 1_000) {
  const heard: [string, Standing][] = [];
  const errors: unknown[] = [];
  const outcome = await gatherer.gather(cfp(), {
    expected: () => new Set(names),
    within,
    onReply: (reply, standing) => heard.push([reply.id, standing]),
    onInvalid: (error) => errors.push(error),
  });
  return { ...outcome, heard, errors };
}

describe('gathering', () => {
  it('ends as soon as everybody has sent the last part or a refusal, in whatever order', async () => {
    await agent('parts', (_cfp, say) => {
      for (const k of [3, 1, 2]) say(proposal('parts', k, 3));
    });
    await agent('no', (_cfp, say) => {
      say(refusal('no'));
    });
    const { proposals, refusals, silent } = await gathered(['parts', 'no'], 30_000);
    expect(proposals.get('parts')?.map(({ part }) => part.k)).toEqual([1, 2, 3]);
    expect(refusals.get('no')?.reason).toBe('no-feasible-offer');
    expect(silent).toEqual([]);
  });

  it('uses an answer once, however often it comes', async () => {
    await agent('twice', (_cfp, say) => {
      say(proposal('twice', 1, 2));
      say(proposal('twice', 1, 2));
      say(proposal('twice', 2, 2));
    });
    const { proposals, heard } = await gathered(['twice'], 30_000);
    expect(proposals.get('twice')).toHaveLength(2);
    expect(heard).toEqual([
      ['twice-1', 'used'],
      ['twice-1', 'duplicate'],
      ['twice-2', 'used'],
    ]);
  });

  it('asks an agent again whose answer, or whose call, was lost', async () => {
    let calls = 0;
    await agent('lossy', (_cfp, say) => {
      calls += 1;
      if (calls === 2) say(proposal('lossy'));
    });
    const { proposals } = await gathered(['lossy'], 30_000);
    expect([...proposals.keys()]).toEqual(['lossy']);
    expect(calls).toBe(2);
  });

  it('tells of what comes late and does not use it', async () => {
    let sayLate: () => void = () => undefined;
    await agent('slow', (_cfp, say) => {
      sayLate = () => {
        say(proposal('slow'));
      };
    });
    const { proposals, silent, heard } = await gathered(['slow'], 200);
    expect([proposals.size, silent]).toEqual([0, ['slow']]);
    sayLate();
    await vendors.flush();
    await bus.flush();
    expect(heard).toEqual([['slow-1', 'late']]);
  });

  it('passes over what does not follow the contract, and what is of another conversation', async () => {
    await agent('odd', (_cfp, say) => {
      say({ performative: 'propose' });
      say({ ...proposal('odd'), conversation: 'another' });
      say(proposal('odd'));
    });
    const { proposals, errors, heard } = await gathered(['odd'], 30_000);
    expect(proposals.get('odd')).toHaveLength(1);
    expect([errors.length, heard]).toEqual([1, [['odd-1', 'used']]]);
  });

  it('waits no longer for an agent that is gone meanwhile', async () => {
    await agent('there', (_cfp, say) => {
      say(refusal('there'));
      alive.delete('gone');
    });
    const alive = new Set(['there', 'gone']);
    const { refusals, silent } = await gatherer.gather(cfp(), { expected: () => alive, within: 30_000 });
    expect([[...refusals.keys()], silent]).toEqual([['there'], []]);
  });
});

describe('a round with some agents', () => {
  it('tells each what is for it alone, and waits for no other', async () => {
    const told: [string, number | undefined, string][] = [];
    for (const name of ['a', 'b', 'c'])
      await agent(name, (message, say, subject) => {
        told.push([name, message.counters?.length, subject]);
        say({ ...proposal(name), inReplyTo: message.id });
      });
    const calls = new Map([
      ['a', cfp({ round: 2, counters: [{ round: 1, asks: [] }] })],
      ['b', cfp({ round: 2, counters: [] })],
    ]);
    const { proposals } = await gatherer.gatherFrom(calls, { expected: () => new Set(['a', 'b', 'c']), within: 30_000 });
    expect([...proposals.keys()].sort()).toEqual(['a', 'b']);
    expect(told.sort()).toEqual([
      ['a', 1, 'agency.cfp.a'],
      ['b', 0, 'agency.cfp.b'],
    ]);
  });

  it('of nobody is over at once', async () => {
    const { silent } = await gatherer.gatherFrom(new Map(), { expected: () => new Set(['a']), within: 30_000 });
    expect(silent).toEqual([]);
  });
});
