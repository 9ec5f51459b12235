import { batchIn, encoded, type SamplesAnswer, subjects } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import type { Log } from '@cloud-agency/runtime';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Intake } from './intake.js';

/** Takes batches of samples off the bus, and answers each once what it brought is on disk. The returned function ends it. */
export function takeSamples(connection: NatsConnection, intake: Pick<Intake, 'take'>, log: Log): () => void {
  const subscription = connection.subscribe(subjects.samples, {
    callback: (error, message) => {
      if (error) return;
      answer(intake, message).catch((problem: unknown) => {
        log.error({ err: problem }, 'A batch of samples could not be answered');
      });
    },
  });
  return () => {
    subscription.unsubscribe();
  };
}

async function answer(intake: Pick<Intake, 'take'>, message: Msg): Promise<void> {
  const told = await taken(intake, message.data);
  message.respond(encoded(told));
}

async function taken(intake: Pick<Intake, 'take'>, bytes: Uint8Array): Promise<SamplesAnswer> {
  try {
    const { source, samples } = batchIn(bytes);
    return await intake.take(source, samples);
  } catch (error) {
    if (!(error instanceof AgencyError)) throw error;
    return { taken: 0, refused: [], problem: error.message };
  }
}
