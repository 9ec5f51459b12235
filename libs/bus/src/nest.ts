/**
 * What makes a Nest microservice speak the agents' messages as they are, without Nest's own envelope, so that an agent may be written in
 * anything: requests arrive as the message itself, and each value a handler emits goes out as one reply.
 */
import type { Msg } from '@nats-io/transport-node';
import { type BusAddress, connectionOptions } from './connection.js';

interface NestRequest {
  readonly pattern: string;
  readonly data: unknown;
  readonly id: string;
}

class MessageDeserializer {
  deserialize(message: Msg, options?: { channel?: string }): NestRequest {
    return { pattern: options?.channel ?? message.subject, data: json(message), id: message.reply ?? message.subject };
  }
}

/** The contract's validation says what is wrong with bytes that are no JSON: undefined is never a valid message. */
function json(message: Msg): unknown {
  try {
    return message.json<unknown>();
  } catch {
    return undefined;
  }
}

/** Nest ends a stream of replies with a packet of its own that carries no response: it goes out empty, and gatherers pass over it. */
class MessageSerializer {
  serialize(packet: { response?: unknown }): { data: string } {
    return { data: packet.response === undefined ? '' : JSON.stringify(packet.response) };
  }
}

/** Options for Nest's NATS transport: a connection of its own, and a queue group so that instances of one agent share its work. */
export function agentTransport(address: BusAddress, queue: string) {
  return {
    ...connectionOptions(address),
    name: queue,
    queue,
    deserializer: new MessageDeserializer(),
    serializer: new MessageSerializer(),
  };
}
