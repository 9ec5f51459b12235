import { type Kysely, sql } from 'kysely';
import { createTable } from './create-table.js';

const resource = {
  id: 'text',
  tenant: 'text',
  cfp: 'text',
  agreement: 'text?',
  item: 'text',
  title: 'text',
  state: 'text',
  message: 'text',
  placement: 'text?',
  origin: 'text',
  given: 'text',
  task: 'text?',
  created_at: 'bigint',
};

const tables = {
  policy: { id: 'text', tenant: 'text', name: 'text', document: 'text', created_at: 'bigint' },
  asset: {
    id: 'text',
    tenant: 'text',
    kind: 'text',
    state: 'text',
    message: 'text',
    wanted: 'text',
    given: 'text',
    created_at: 'bigint',
    due: 'integer',
    next_at: 'bigint',
  },
  realisation: {
    id: 'text',
    asset: 'text',
    agent: 'text',
    vendor: 'text',
    region: 'text',
    zone: 'text?',
    state: 'text',
    vendor_id: 'text?',
    message: 'text',
    created_at: 'bigint',
  },
  attachment: {
    id: 'text',
    tenant: 'text',
    kind: 'text',
    compute: 'text',
    asset: 'text',
    wanted: 'text',
    state: 'text',
    message: 'text',
    given: 'text',
    facts: 'text',
    placement: 'text?',
    realisation: 'text?',
    heading: 'text?',
    attempts: 'integer',
    created_at: 'bigint',
    due: 'integer',
    next_at: 'bigint',
  },
  task: {
    id: 'text',
    subject: 'text',
    about: 'text',
    agent: 'text',
    operation: 'text',
    state: 'text',
    message: 'text',
    created_at: 'bigint',
  },
  saved_image: {
    id: 'text',
    tenant: 'text',
    name: 'text',
    agent: 'text',
    region: 'text',
    architecture: 'text?',
    state: 'text',
    vendor_id: 'text?',
    message: 'text',
    created_at: 'bigint',
  },
};

const indexed: Readonly<Record<string, readonly string[]>> = {
  policy: ['tenant'],
  asset: ['tenant', 'due'],
  realisation: ['asset'],
  attachment: ['tenant', 'due', 'compute', 'asset'],
  task: ['subject'],
  saved_image: ['tenant'],
};

/** Computes that wait for their call, and storage, networks and policies of the clients' own. */
export async function createBrokering(database: Kysely<unknown>): Promise<void> {
  await widenResources(database);
  for (const [name, columns] of Object.entries(tables)) await createTable(database, name, columns, indexed[name]);
  await database.schema.alterTable('placement').addColumn('next_offer', 'text').execute();
  await database.schema.createIndex('policy_name').unique().on('policy').columns(['tenant', 'name']).execute();
  // Workers look for what there is to do after every commit: these hold nothing else.
  await sql`create index placement_running on placement (id) where state = 'running'`.execute(database);
  await sql`create index task_open on task (created_at) where state = 'open'`.execute(database);
  await sql`create index cfp_waiting on cfp (created_at) where due > 0`.execute(database);
  await sql`create index cfp_deadline on cfp (deadline) where deadline is not null`.execute(database);
}

/** A compute that a client ordered has neither agreement nor placement until its call is answered; SQLite cannot lift a NOT NULL. */
async function widenResources(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('resource').renameTo('narrow_resource').execute();
  for (const column of ['agreement', 'cfp']) await database.schema.dropIndex(`resource_${column}`).execute();
  await createTable(database, 'resource', resource, ['agreement', 'cfp', 'placement']);
  await sql`
    insert into resource (id, tenant, cfp, agreement, item, title, state, message, placement, origin, given, task, created_at)
    select id, tenant, cfp, agreement, item, title, state, message, placement, 'call', '{}', null, created_at from narrow_resource`.execute(
    database,
  );
  await database.schema.dropTable('narrow_resource').execute();
  // Pages of a collection: the index alone says which rows a page has.
  await database.schema.createIndex('resource_page').on('resource').columns(['tenant', 'created_at', 'id', 'state']).execute();
}
