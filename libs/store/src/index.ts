export { type Migrations, openDatabase, type StorePlace } from './database.js';
export { takeOnce } from './inbox.js';
export { claim, holds, type Lease, type LeasedRow, release, renew } from './lease.js';
export type { MessagingTables } from './messaging-tables.js';
export { type Letter, type Outgoing, type OutboxSource, post } from './outbox.js';
export { storeOutage } from './outage.js';
export { Relay, type RelayOptions } from './relay.js';
export { WriteCounts } from './write-counts.js';
