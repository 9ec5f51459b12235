/**
 * Work that one process of the agency asks of another, which plays the role for it: any of those that play it, in a queue group. Both sides
 * are the same app, so what goes over is what a worker thread is sent, by structured clone, and of any size: in numbered parts.
 */
import { AgencyError, type ErrorCode, type ErrorDetails } from '@cloud-agency/errors';
import { createInbox, headers, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { deserialize, serialize } from 'node:v8';
import { subjects } from './subjects.js';

/** The roles that are asked for work. */
export type Role = 'mediator' | 'negotiator';

export interface Asking {
  /** How long the work may take in all, ms. */
  readonly within: number;
  /** Told what the other says before it is done, each in one part. After a crash another may say the same again. */
  readonly onTold?: (content: unknown) => void;
}

export type Play = (task: unknown, tell: (content: unknown) => void) => Promise<unknown>;

/** Well below what a server takes in one message (1 MiB). */
const partBytes = 768 * 1024;
/** Who works says so, ms; who has not been heard of for the other time has died, and another is asked. */
const sayBusyEveryMs = 1_000;
const goneAfterMs = 3_000;
/** Nobody plays the role: looked for again after so long, ms. */
const lookAgainMs = 250;

const frameHeader = 'Agency-Frame';
const partHeader = 'Agency-Part';
type Frame = 'task' | 'taken' | 'busy' | 'told' | 'done' | 'failed';

/**
 * What came of the task. One that is asked twice, because the first who took it died, is done twice: tasks change nothing.
 * @throws AgencyError role-unreachable when nobody has done it in time, or what the other threw.
 */
export async function askRole(connection: NatsConnection, role: Role, task: unknown, asking: Asking): Promise<unknown> {
  const until = performance.now() + asking.within;
  const parts = inParts(serialize(task));
  while (performance.now() < until && !connection.isClosed()) {
    const outcome = await new Question(connection, asking.onTold).ask(subjects.role(role), parts, until);
    if (outcome) return outcome.content;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
  throw new AgencyError('role-unreachable', { role });
}

/** One try: one of those that play the role takes the task, and does it or dies. */
class Question {
  private readonly received = new Parts();
  private settle!: (outcome: { readonly content: unknown } | undefined) => void;
  private reject!: (error: unknown) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly onTold: Asking['onTold'],
  ) {}

  /** Undefined when nobody took it, or who took it is gone. */
  async ask(subject: string, parts: readonly Uint8Array[], until: number) {
    const inbox = createInbox();
    let subscription: Subscription | undefined;
    try {
      return await new Promise<{ readonly content: unknown } | undefined>((resolve, reject) => {
        this.settle = resolve;
        this.reject = reject;
        subscription = this.connection.subscribe(inbox, {
          callback: (error, message) => {
            if (error) reject(error);
            else this.hear(message, parts, until);
          },
        });
        this.wait(until);
        publishPart(this.connection, subject, 'task', parts, 1, inbox);
      });
    } finally {
      clearTimeout(this.timer);
      subscription?.unsubscribe();
    }
  }

  private hear(message: Msg, parts: readonly Uint8Array[], until: number): void {
    // Nobody subscribes to the role.
    if (message.headers?.code === 503) {
      this.settle(undefined);
      return;
    }
    this.wait(until);
    try {
      this.take(message, parts);
    } catch (error) {
      this.reject(error);
    }
  }

  private take(message: Msg, parts: readonly Uint8Array[]): void {
    switch (message.headers?.get(frameHeader)) {
      case 'taken':
        sendTheRest(this.connection, message.reply, parts);
        return;
      case 'told':
        this.onTold?.(opened(message.data));
        return;
      case 'failed':
        this.reject(thrown(opened(message.data) as Failure));
        return;
      case 'done':
        this.finish(this.received.take(message));
        return;
      default:
      // It is busy.
    }
  }

  private finish(whole: Uint8Array | undefined): void {
    if (whole) this.settle({ content: opened(whole) });
  }

  private wait(until: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.settle(undefined);
      },
      Math.max(1, Math.min(goneAfterMs, until - performance.now())),
    );
  }
}

function sendTheRest(connection: NatsConnection, to: string | undefined, parts: readonly Uint8Array[]): void {
  for (let k = 2; to !== undefined && k <= parts.length; k += 1) publishPart(connection, to, 'task', parts, k);
}

/** Does the role's work, beside all others that play it. The returned function ends it, after what is in hand. */
export function playRole(connection: NatsConnection, role: Role, play: Play): () => Promise<void> {
  const inHand = new Set<Promise<void>>();
  const subscription = connection.subscribe(subjects.role(role), {
    queue: role,
    callback: (error, message) => {
      const { reply } = message;
      if (error || !reply) return;
      const work = doOne(connection, message, reply, play).finally(() => inHand.delete(work));
      inHand.add(work);
    },
  });
  return async () => {
    subscription.unsubscribe();
    await Promise.all(inHand);
  };
}

async function doOne(connection: NatsConnection, first: Msg, reply: string, play: Play): Promise<void> {
  const say = (frame: Frame, content?: unknown): void => {
    if (connection.isClosed()) return;
    const bytes = content === undefined ? new Uint8Array() : serialize(content);
    const parts = inParts(bytes);
    parts.forEach((_, index) => {
      publishPart(connection, reply, frame, parts, index + 1);
    });
  };
  const busy = setInterval(() => {
    say('busy');
  }, sayBusyEveryMs);
  try {
    const task = opened(await wholeTask(connection, first, reply));
    const done = await play(task, (content) => {
      say('told', content);
    });
    say('done', done);
  } catch (error) {
    say('failed', failureOf(error));
  } finally {
    clearInterval(busy);
  }
}

/** The first part came to the queue group; the others come to whoever took that one. */
async function wholeTask(connection: NatsConnection, first: Msg, reply: string): Promise<Uint8Array> {
  const received = new Parts();
  const only = received.take(first);
  if (only) return only;
  const inbox = createInbox();
  let subscription: Subscription | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      subscription = connection.subscribe(inbox, {
        callback: (error, message) => {
          const whole = error ? undefined : received.take(message);
          if (whole) resolve(whole);
        },
      });
      timer = setTimeout(() => {
        reject(new AgencyError('invalid-message', { message: 'not all of its parts came' }));
      }, goneAfterMs);
      connection.publish(reply, undefined, { reply: inbox, headers: framed('taken') });
    });
  } finally {
    clearTimeout(timer);
    subscription?.unsubscribe();
  }
}

/** The numbered parts of one message; they may come in any order. */
class Parts {
  private readonly parts = new Map<number, Uint8Array>();

  /** The whole, once it is there. */
  take(message: Msg): Uint8Array | undefined {
    const [k = 1, n = 1] = (message.headers?.get(partHeader) ?? '1/1').split('/').map(Number);
    this.parts.set(k, message.data);
    if (this.parts.size < n) return undefined;
    return Buffer.concat(Array.from({ length: n }, (_, index) => this.parts.get(index + 1) ?? new Uint8Array()));
  }
}

function inParts(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * partBytes, (index + 1) * partBytes));
}

function publishPart(
  connection: NatsConnection,
  subject: string,
  frame: Frame,
  parts: readonly Uint8Array[],
  k: number,
  reply?: string,
): void {
  const of = framed(frame);
  of.set(partHeader, `${String(k)}/${String(parts.length)}`);
  connection.publish(subject, parts[k - 1], { headers: of, ...(reply === undefined ? {} : { reply }) });
}

function framed(frame: Frame): MsgHdrs {
  const of = headers();
  of.set(frameHeader, frame);
  return of;
}

function opened(bytes: Uint8Array): unknown {
  try {
    return deserialize(bytes);
  } catch (cause) {
    throw new AgencyError('invalid-message', { message: 'it is no structured clone' }, { cause });
  }
}

interface Failure {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly cause?: string;
}

function failureOf(error: unknown): Failure {
  if (error instanceof AgencyError)
    return { code: error.code, details: error.details, ...(error.cause instanceof Error ? { cause: error.cause.message } : {}) };
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', details: { reference: 'another process of the agency' }, cause };
}

const thrown = ({ code, details, cause }: Failure): AgencyError => new AgencyError(code, details, { cause });
