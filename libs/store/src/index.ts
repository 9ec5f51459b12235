export { type Migrations, openDatabase, type StorePlace } from './database.js';
export { takeOnce } from './inbox.js';
export { Duty, type DutyRow } from './duty.js';
export { claim, holds, keep, type Keeping, type Lease, type LeasedRow, release, underLease } from './lease.js';
export type { MessagingTables } from './messaging-tables.js';
export { type Letter, type Outgoing, type OutboxSource, post } from './outbox.js';
export { Relay, type RelayOptions } from './relay.js';
export { isShared, serially } from './transactions.js';
export { WriteCounts } from './write-counts.js';
