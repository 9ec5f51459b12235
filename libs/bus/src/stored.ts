/** Commands and events on JetStream: published from an outbox, consumed into an inbox (libs/store has both). ARCHITECTURE.md, Messages. */
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  type JetStreamClient,
  jetstreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoredMessage } from './messages.js';
import { Lanes } from './lanes.js';
import { countMessage as count } from './message-metrics.js';
import { streams, subjects } from './subjects.js';
import { decoded, encoded, validated } from './validate.js';

/** How long JetStream itself drops a second copy: the inbox catches what is resent later. */
const duplicateWindowMs = 5_000;
/** A handler only writes to its store; one that has not acknowledged by then has died, and another instance, or its next start, takes over. */
const ackWithinMs = 5_000;
/** An instance asks for messages for so long at a time, ms: one that stands still is handed no more after that, and others have them. */
const askedForMs = 5_000;
const keptForMs = 24 * 3_600_000;
/** What a stream takes on disk at most, bytes; the oldest go first. What goes before it was taken its outbox sends again (libs/store, relay.ts). */
const mostBytes = 256 * 2 ** 20;
/** Copies of each stream in a cluster of three or more (deploy/compose): one server may fail. */
const clusterReplicas = 3;

/** Creates the two streams where they are missing, and brings those of an earlier version up to date; the same from every process. */
export async function ensureStreams(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection);
  const replicas = connection.info?.cluster === undefined ? 1 : clusterReplicas;
  for (const stream of Object.values(streams)) {
    const config = {
      name: stream.name,
      subjects: [...stream.subjects],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_age: nanos(keptForMs),
      duplicate_window: nanos(duplicateWindowMs),
      max_bytes: mostBytes,
      num_replicas: replicas,
    };
    try {
      await manager.streams.add(config);
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== isThereOtherwise) throw error;
      await manager.streams.update(stream.name, config);
    }
  }
}

/** NATS: the stream is there with another configuration. */
const isThereOtherwise = 10_058;

export class StoredPublisher {
  private readonly client: JetStreamClient;

  constructor(connection: NatsConnection) {
    this.client = jetstream(connection);
  }

  /** Resolves once the stream has the message. */
  async publish(subject: string, message: StoredMessage): Promise<void> {
    await this.client.publish(subject, encoded(message), { msgID: message.id });
    count('sent', subject);
  }
}

/** done: the effect is committed (or was before). early: something before it is missing; it is delivered again soon. */
export type Outcome = 'done' | 'early';

export interface Consumption {
  readonly stream: keyof typeof streams;
  readonly subject: string;
  /** Name of the durable consumer; instances that share it share the work. */
  readonly durable: string;
  /** So many messages are in hand at a time, each of another conversation; absent: one. */
  readonly atOnce?: number;
  readonly handle: (message: StoredMessage, subject: string) => Promise<Outcome>;
  readonly onError: (error: unknown, message: unknown) => void;
}

/** Takes the messages of a conversation one after the other; acknowledges each only after `handle` resolved. The returned function ends it, after what is in hand. */
export async function consume(connection: NatsConnection, consumption: Consumption): Promise<() => Promise<void>> {
  const { name: stream } = streams[consumption.stream];
  const manager = await jetstreamManager(connection);
  await manager.consumers.add(stream, {
    durable_name: consumption.durable,
    filter_subject: consumption.subject,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWithinMs),
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
  });
  const consumer = await jetstream(connection).consumers.get(stream, consumption.durable);
  const messages = await consumer.consume({ max_messages: 100, expires: askedForMs });
  const lanes = new Lanes(consumption.atOnce ?? 1);
  const finished = (async () => {
    for await (const message of messages) {
      const content = contentOf(message, consumption);
      if (content) lanes.begin(content.conversation, () => take(connection, message, content, consumption));
      if (!lanes.areFull) continue;
      await lanes.room();
      // A store in this process answers within the same turn of the event loop: others get their turn meanwhile.
      await nextTurn();
    }
    await lanes.done();
  })();
  return async () => {
    await messages.close();
    await finished;
  };
}

/** Undefined for one that follows no contract, which is never delivered again. */
function contentOf(message: JsMsg, consumption: Consumption): StoredMessage | undefined {
  try {
    return validated(StoredMessage, decoded(message.data));
  } catch (error) {
    consumption.onError(error, message.subject);
    count('invalid', message.subject);
    message.term('invalid message');
    return undefined;
  }
}

async function take(connection: NatsConnection, message: JsMsg, content: StoredMessage, consumption: Consumption): Promise<void> {
  try {
    if ((await consumption.handle(content, message.subject)) === 'early') {
      count('early', message.subject);
      message.nak(100);
      return;
    }
    message.ack();
    count('taken', message.subject);
    connection.publish(subjects.receipt(content.sender), encoded({ id: content.id, consumer: consumption.durable }));
  } catch (error) {
    consumption.onError(error, content);
    count('failed', message.subject);
    message.nak(retryDelay(message.info.deliveryCount));
  }
}

const retryDelay = (deliveries: number): number => Math.min(10_000, 100 * 2 ** Math.min(deliveries, 10));
