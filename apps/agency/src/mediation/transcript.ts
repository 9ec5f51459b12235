import { reasonOf } from '@cloud-agency/errors';
import type { CfpMessage, CfpReply, Standing } from '@cloud-agency/bus';
import type { AppContext } from '@cloud-agency/runtime';
import type { AgencyStore } from '../store/agency-store.js';
import { keepMessages, type MessageRow } from '../store/conversation.js';

interface About {
  readonly conversation: string;
  readonly round: number;
}

/**
 * What is said in one round. Until it is closed the messages are collected, for whoever gathers to keep with what comes of them; those that
 * come later are kept one by one.
 */
export class Transcript {
  private readonly rows: MessageRow[] = [];
  private closed = false;

  constructor(
    private readonly about: About,
    private readonly store: AgencyStore,
    private readonly context: Pick<AppContext, 'clock' | 'ids' | 'log'>,
  ) {}

  /** @param receiver null for everybody. */
  sent(message: CfpMessage, receiver: string | null): CfpMessage {
    const body = JSON.stringify(receiver === null ? message : { ...message, demand: undefined });
    this.add({ direction: 'sent', ...named(message), receiver, standing: 'used', in_reply_to: null, body });
    return message;
  }

  /** @param text the message as it came. */
  came(reply: CfpReply, standing: Standing, text: string): void {
    this.add({
      direction: 'received',
      ...named(reply),
      receiver: null,
      standing,
      in_reply_to: reply.inReplyTo,
      body: text,
    });
  }

  /** Who sent it cannot be told. */
  cameInvalid(error: unknown): void {
    const body = JSON.stringify({ error: reasonOf(error) });
    const unknown = { performative: 'invalid', sender: 'unknown', message: 'unknown', receiver: null, in_reply_to: null };
    this.add({ direction: 'received', ...unknown, standing: 'invalid', body });
  }

  close(): readonly MessageRow[] {
    this.closed = true;
    return this.rows;
  }

  private add(row: Omit<MessageRow, 'id' | 'conversation' | 'round' | 'at' | 'place'>): void {
    const { clock, ids, log } = this.context;
    const { conversation, round } = this.about;
    const whole = { id: ids.next(), conversation, round, at: clock.now(), place: this.rows.length, ...row };
    if (!this.closed) {
      this.rows.push(whole);
      return;
    }
    this.store
      .work((work) => keepMessages(work.tables, [whole]))
      .catch((error: unknown) => {
        log.error({ err: error, conversation }, 'A late message of a negotiation could not be kept');
      });
  }
}

const named = ({ performative, sender, id: message }: CfpMessage | CfpReply) => ({ performative, sender, message });
