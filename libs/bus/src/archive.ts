/** How the monitor's archive is asked: by core NATS request, answered by any one of the monitors that have it. */
import { AgencyError, reasonOf } from '@cloud-agency/errors';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Static, TSchema } from '@sinclair/typebox';
import { decoded, encoded, validated } from './validate.js';

/** What can be asked: where, what is answered, and how long that may take, ms. */
export interface Question<A extends TSchema> {
  readonly subject: string;
  readonly answer: A;
  readonly withinMs: number;
}

/** @throws AgencyError archive-unreachable when no monitor answers, or none as it should. */
export async function askArchive<A extends TSchema>(
  connection: NatsConnection,
  { subject, answer, withinMs }: Question<A>,
  request: object,
): Promise<Static<A>> {
  try {
    const { data } = await connection.request(subject, encoded(request), { timeout: withinMs });
    return validated(answer, decoded(data));
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new AgencyError('archive-unreachable', { reason }, { cause });
  }
}

/** Answers such requests; what could not be answered is told as `failed` puts it. The returned function ends it. */
export function answerFromArchive<R extends TSchema>(
  connection: NatsConnection,
  asked: { readonly subject: string; readonly request: R },
  read: (request: Static<R>) => Promise<object>,
  failed: (problem: unknown) => object,
): () => void {
  const answer = async (data: Uint8Array): Promise<object> => {
    try {
      return await read(validated(asked.request, decoded(data)));
    } catch (problem) {
      return failed(problem);
    }
  };
  const subscription = connection.subscribe(asked.subject, {
    queue: 'archive',
    callback: (error, message) => {
      if (!error) void answer(message.data).then((found) => message.respond(encoded(found)));
    },
  });
  return () => {
    subscription.unsubscribe();
  };
}
