import { encoded, messageIn } from '@cloud-agency/bus';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lastValueFrom, type Observable, tap } from 'rxjs';

/**
 * Nest's way to the bus for one agent: requests arrive as the agents' messages are, without an envelope of Nest's own, so that an agent may be
 * written in anything, and each value that a handler emits goes out as one reply. The agents of a process share its connection: what several of
 * them say at a time leaves in one write. The queue group lets instances of one agent share its work.
 */
export class AgentTransport extends Server implements CustomTransportStrategy {
  private readonly subscriptions: Subscription[] = [];
  private readonly inHand = new Set<Promise<void>>();

  constructor(
    private readonly connection: NatsConnection,
    private readonly queue: string,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
  }

  listen(callback: () => void): void {
    for (const [subject, handler] of this.getHandlers()) {
      const subscription = this.connection.subscribe(subject, {
        queue: this.queue,
        callback: (error, message) => {
          if (!error) this.take(handler, message);
        },
      });
      this.subscriptions.push(subscription);
    }
    callback();
  }

  /** Hears nothing more, and resolves once what was heard is answered. */
  async close(): Promise<void> {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    await Promise.all(this.inHand);
  }

  /** The connection says what becomes of it to whoever opened it. */
  on(): void {
    return undefined;
  }

  unwrap(): never {
    throw new Error('the connection is the process’s: it is at hand where the agent is started');
  }

  private take(handler: MessageHandler, message: Msg): void {
    const answering = this.answer(handler, message).catch(this.onError);
    this.inHand.add(answering);
    void answering.finally(() => this.inHand.delete(answering));
  }

  private async answer(handler: MessageHandler, message: Msg): Promise<void> {
    const answer = (await handler(messageIn(message))) as Observable<object>;
    const replies: Uint8Array[] = [];
    const all = this.transformToObservable<object>(answer).pipe(tap((reply) => replies.push(encoded(reply))));
    await lastValueFrom(all, { defaultValue: undefined });
    await endOfTurn(this.connection);
    for (const reply of replies) message.respond(reply);
  }
}

const turns = new WeakMap<NatsConnection, Promise<void>>();

/** Where everything goes on that waits for it in the same turn of the event loop, one right after the other. */
async function endOfTurn(connection: NatsConnection): Promise<void> {
  const turn = turns.get(connection) ?? nextTurn();
  if (!turns.has(connection)) {
    turns.set(connection, turn);
    void turn.then(() => turns.delete(connection));
  }
  await turn;
}
