export { type BusAddress, closeBus, connectBus } from './connection.js';
export { type EmbeddedServer, type EmbeddedServerOptions, startEmbeddedServer } from './embedded-server.js';
export { gather, type Gathered, type GatherOptions } from './gather.js';
export * from './messages.js';
export { findNatsServer } from './nats-binary.js';
export { agentTransport } from './nest.js';
export { type Consumption, consume, ensureStreams, type Outcome, StoredPublisher } from './stored.js';
export { streams, subjects } from './subjects.js';
export { decoded, encoded, validated } from './validate.js';
