/** What the contracts are made of. */
import { type TSchema, Type } from '@sinclair/typebox';

export const Id = Type.String({ minLength: 1, maxLength: 200 });
export const Instant = Type.String({ minLength: 20, maxLength: 40 });
export const Text = Type.String({ maxLength: 4000 });
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const envelope = {
  id: Id,
  conversation: Id,
  sender: Id,
  sequence: Type.Integer({ minimum: 1 }),
  sentAt: Instant,
};

/** A message that goes through an outbox: `previous` is the sequence of the one before it on the same subject of this conversation, 0 for the first. */
export const storedEnvelope = { ...envelope, previous: Type.Integer({ minimum: 0 }) };
