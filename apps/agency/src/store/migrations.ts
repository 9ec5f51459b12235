import type { Migrations } from '@cloud-agency/store';
import { type Kysely, PostgresAdapter, sql } from 'kysely';
import { type Columns, createTable } from './create-table.js';
import { addFormerPromises, createAgreementLife } from './agreements-migration.js';
import { createBrokering } from './brokering-migration.js';
import { createConversations, indexConversations } from './conversation.js';
import { createEnrolment } from './enrolment-tables.js';
import { createInstances } from './instances-migration.js';
import { indexRecords } from './records-migration.js';
import { widenReactions } from './reactions-migration.js';
import { createRenegotiation } from './renegotiation-migration.js';
import { widenViolations } from './violations-migration.js';
import { createPower, createStatistics } from './statistics-migration.js';
import { createTelling } from './telling-migration.js';
import { indexForReports } from './reporting-migration.js';

const firstTables: Readonly<Record<string, Columns>> = {
  cfp: {
    id: 'text',
    tenant: 'text',
    name: 'text',
    state: 'text',
    message: 'text',
    round: 'integer',
    document: 'text',
    call: 'text',
    answers: 'text',
    explanation: 'text',
    offers: 'integer',
    accepted_cost: 'real?',
    deadline: 'bigint?',
    due: 'integer',
    created_at: 'bigint',
    updated_at: 'bigint',
    version: 'integer',
    removed: 'integer',
    lease_owner: 'text?',
    lease_until: 'bigint?',
    epoch: 'integer',
  },
  proposal: {
    id: 'text',
    cfp: 'text',
    tenant: 'text',
    rank: 'integer',
    state: 'text',
    plan: 'text',
    created_at: 'bigint',
    removed: 'integer',
  },
  agreement: {
    id: 'text',
    cfp: 'text',
    proposal: 'text',
    tenant: 'text',
    name: 'text',
    state: 'text',
    agreed_at: 'bigint?',
    effective_from: 'bigint?',
    effective_until: 'bigint?',
    terms: 'text',
    watch_version: 'integer',
    created_at: 'bigint',
    removed: 'integer',
  },
  resource: {
    id: 'text',
    tenant: 'text',
    cfp: 'text',
    agreement: 'text',
    item: 'text',
    title: 'text',
    state: 'text',
    message: 'text',
    placement: 'text',
    created_at: 'bigint',
  },
  placement: {
    id: 'text',
    resource: 'text',
    cfp: 'text',
    agreement: 'text',
    item: 'text',
    agent: 'text',
    offer: 'text',
    offer_id: 'text',
    state: 'text',
    replaces: 'text?',
    vendor_id: 'text?',
    address: 'text?',
    reason: 'text?',
    message: 'text',
    requested_at: 'bigint',
    active_at: 'bigint?',
    lease_owner: 'text?',
    lease_until: 'bigint?',
    epoch: 'integer',
  },
  webhook: {
    id: 'text',
    tenant: 'text',
    cfp: 'text?',
    url: 'text',
    events: 'text',
    secret: 'text',
    state: 'text',
    failures: 'integer',
    created_at: 'bigint',
  },
  delivery: {
    id: 'text',
    webhook: 'text',
    event: 'bigint',
    attempts: 'integer',
    next_at: 'bigint',
    state: 'text',
    message: 'text',
  },
  reaction: {
    id: 'text',
    agreement: 'text',
    rule: 'integer',
    resource: 'text',
    placement: 'text',
    state: 'text',
    message: 'text',
    attempts: 'integer',
    next_at: 'bigint',
    begun_at: 'bigint',
    lease_owner: 'text?',
    lease_until: 'bigint?',
    epoch: 'integer',
  },
  violation: {
    id: 'text',
    tenant: 'text',
    agreement: 'text',
    term: 'text',
    of: 'text',
    guarantee: 'integer',
    resource: 'text?',
    opened: 'bigint',
    closed: 'bigint?',
    wanted: 'real',
    measured: 'real',
    unit: 'text',
    samples: 'text',
  },
  vendor: { agent: 'text', announcement: 'text', state: 'text', seen_at: 'bigint' },
  quarantine: { offer: 'text', failures: 'integer', until: 'bigint' },
};

/** Clients' sensors and what they collect. */
const sensorTables: Readonly<Record<string, Columns>> = {
  sensor: {
    id: 'text',
    tenant: 'text',
    period: 'real',
    periodspec: 'text?',
    timebase: 'bigint',
    timestart: 'real',
    timestop: 'real',
    timespec: 'text?',
    mixins: 'text',
    version: 'integer',
  },
  collector: {
    id: 'text',
    tenant: 'text',
    resource: 'text',
    sensor: 'text',
    metric: 'text',
    settings: 'text',
    period: 'real',
    periodspec: 'text?',
    created_at: 'bigint',
  },
};

const indexes: Readonly<Record<string, readonly string[]>> = {
  cfp: ['due', 'state'],
  proposal: ['cfp'],
  agreement: ['cfp'],
  resource: ['agreement', 'cfp'],
  placement: ['cfp', 'resource', 'agreement'],
  delivery: ['state', 'webhook'],
  reaction: ['agreement', 'state'],
  violation: ['agreement'],
  webhook: ['cfp'],
  sensor: ['tenant'],
  collector: ['tenant', 'resource', 'sensor'],
};

/** Only the spelling of a growing key differs between the two databases. */
async function createEvents(database: Kysely<unknown>): Promise<void> {
  const postgres = database.getExecutor().adapter instanceof PostgresAdapter;
  const key = postgres ? sql`bigserial` : sql`integer`;
  await database.schema
    .createTable('event')
    .addColumn('id', key, (column) => (postgres ? column.primaryKey() : column.primaryKey().autoIncrement()))
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('cfp', 'text')
    .addColumn('agreement', 'text')
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
}

/** What clients say about entities: mixins of their own, which entities have them, and titles and summaries. */
async function createTags(database: Kysely<unknown>): Promise<void> {
  const text = 'text' as const;
  await database.schema
    .createTable('tag')
    .addColumn('tenant', text, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull())
    .addColumn('mixin', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('tag_key', ['tenant', 'id'])
    .execute();
  await database.schema
    .createTable('tagged')
    .addColumn('tenant', text, (column) => column.notNull())
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('location', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('tagged_key', ['tenant', 'tag', 'location'])
    .execute();
  await database.schema.createIndex('tagged_location').on('tagged').columns(['tenant', 'location']).execute();
  await database.schema
    .createTable('label')
    .addColumn('tenant', text, (column) => column.notNull())
    .addColumn('location', text, (column) => column.notNull())
    .addColumn('title', text)
    .addColumn('summary', text)
    .addPrimaryKeyConstraint('label_key', ['tenant', 'location'])
    .execute();
}

export const agencyMigrations: Migrations = {
  '0001-agency': {
    async up(database: Kysely<unknown>) {
      for (const [name, columns] of Object.entries(firstTables)) await createTable(database, name, columns, indexes[name]);
      await createEvents(database);
    },
  },
  '0002-tags': { up: createTags },
  '0003-sensors': {
    async up(database: Kysely<unknown>) {
      for (const [name, columns] of Object.entries(sensorTables)) await createTable(database, name, columns, indexes[name]);
    },
  },
  '0004-brokering': { up: createBrokering },
  '0005-conversations': { up: createConversations },
  '0006-agreements': { up: createAgreementLife },
  '0007-reactions': { up: widenReactions },
  '0008-renegotiation': { up: createRenegotiation },
  '0009-instances': { up: createInstances },
  '0010-enrolment': { up: createEnrolment },
  '0014-violations': { up: widenViolations },
  '0013-statistics': { up: createStatistics },
  '0011-telling': { up: createTelling },
  '0012-reporting': { up: indexForReports },
  '0017-power': { up: createPower },
  '0018-old-conversations': { up: indexConversations },
  '0019-records': { up: indexRecords },
  '0020-former-promises': { up: addFormerPromises },
};
