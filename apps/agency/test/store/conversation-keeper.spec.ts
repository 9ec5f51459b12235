import { openDatabase } from '@cloud-agency/store';
import type { Kysely } from 'kysely';
import { databases, type TestDatabase } from '../../../../libs/store/test/databases.js';
import { ConversationKeeper } from '../../src/store/conversation-keeper.js';
import { keepMessages } from '../../src/store/conversation.js';
import { agencyMigrations } from '../../src/store/migrations.js';
import type { AgencyTables } from '../../src/store/tables.js';
import { insertCall } from '../sensors/sensor-world.js';

const day = 24 * 3_600_000;
const start = Date.UTC(2026, 2, 1);

describe.each(Object.entries(databases))('conversations, on %s', (_, open) => {
  let database: TestDatabase;
  let tables: Kysely<AgencyTables>;

  beforeAll(async () => {
    database = await open();
    tables = await openDatabase<AgencyTables>(database.place, agencyMigrations);
    await insertCall(tables);
  });
  afterAll(async () => {
    await tables.destroy();
    await database.end();
  });

  const said = async (conversation: string, count: number, at: number): Promise<void> => {
    const rows = Array.from({ length: count }, (__, place) => ({
      ...{ id: `${conversation} ${String(at)} ${String(place)}`, conversation, at, place, message: String(place) },
      ...{ direction: 'sent' as const, performative: 'cfp', sender: 'agency', receiver: null, round: 1 },
      ...{ standing: 'used' as const, in_reply_to: null, body: '{}' },
    }));
    await tables.transaction().execute((transaction) => keepMessages(transaction, rows));
  };
  const left = async (): Promise<readonly string[]> => {
    const rows = await tables.selectFrom('message').select(['conversation', 'at']).distinct().orderBy('at').execute();
    return rows.map(({ conversation, at }) => `${conversation} ${String((at - start) / day)}`);
  };

  it('are kept for a stated time, and longer while their call waits for somebody', async () => {
    await said('call', 250, start);
    await said('a renegotiation', 1, start + day);
    await said('call', 1, start + 5 * day);
    let now = start + 9 * day;
    const clock = { now: () => now, after: () => () => undefined, every: () => () => undefined };
    const keeper = new ConversationKeeper({ tables } as never, { clock, log: console as never }, 7 * day);
    await tables.updateTable('cfp').set({ state: 'proposed' }).execute();
    await keeper.prune();
    expect(await left()).toEqual(['call 0', 'call 5']);
    await tables.updateTable('cfp').set({ state: 'fulfilled' }).execute();
    await keeper.prune();
    expect(await left()).toEqual(['call 5']);
    now += 4 * day;
    await keeper.prune();
    expect(await left()).toEqual([]);
    await keeper.stop();
  });
});
