import type { Ask, Offer } from '@cloud-agency/sla';
import type { Message } from '../entities/call.js';
import { columns } from './columns.js';
import { plural } from './figures.js';

/** What was said in a negotiation: one line for each message, in order. */
export function conversationLines(messages: readonly Message[]): string[] {
  if (messages.length === 0) return [];
  return columns(
    [{ title: '  at' }, { title: 'round', align: 'right' }, { title: 'from → to' }, { title: 'message' }, { title: '' }],
    messages.map((message) => [
      `  ${message.at.slice(11, 23)}`,
      message.round === undefined ? '' : String(message.round),
      `${message.sender} → ${toWhom(message)}`,
      message.performative,
      [saidIn(message), message.standing === 'used' ? '' : `(${message.standing})`].filter((part) => part !== '').join(' '),
    ]),
  );
}

const toWhom = ({ direction, receiver }: Message): string => {
  if (direction === 'received') return 'agency';
  return receiver === '' ? 'everybody' : receiver;
};

/** What a message may hold that is worth a word; all of it is in `--json`. */
interface Content {
  readonly rounds?: number;
  readonly purpose?: string;
  readonly counters?: readonly { readonly asks: readonly Ask[] }[];
  readonly answer?: { readonly offers: readonly Offer[] };
  /** In place of an answer: an earlier one at this share of its list prices. */
  readonly level?: number;
  readonly part?: { readonly k: number; readonly n: number };
  readonly order?: { readonly name: string; readonly offer: string; readonly price: number };
  readonly offers?: readonly string[];
  readonly state?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly error?: string;
}

const words: Readonly<Record<string, (said: Content) => string>> = {
  cfp: calledFor,
  propose: offered,
  'accept-proposal': ({ order }) => (order ? `${order.name} at ${order.offer}, ${order.price} USD/h` : ''),
  inform: ({ state = '', message = '' }) => `${state}: ${message}`,
  refuse: reasoned,
  'not-understood': reasoned,
  failure: reasoned,
};

function saidIn({ performative, content }: Message): string {
  const said = content as Content;
  return words[performative]?.(said) ?? said.message ?? said.error ?? '';
}

function reasoned({ reason = '', message = '' }: Content): string {
  return `${reason}: ${message}`;
}

function calledFor({ purpose, counters, rounds }: Content): string {
  if (purpose === 'repair') return 'which offers would do if a little less were asked for?';
  const asks = counters?.at(-1)?.asks ?? [];
  if (asks.length > 0) return asks.map(asked).join(', ');
  return rounds !== undefined && rounds > 1 ? `offers are asked for, in up to ${rounds} rounds` : 'offers are asked for';
}

const bands = { near: 'less than 5 %', middle: '5 to 15 %', far: 'more than 15 %' };

const asked = (ask: Ask): string =>
  'reservation' in ask
    ? `${ask.item}: ${ask.attribute} of at most ${ask.reservation} USD/h`
    : `${ask.item}: ${ask.attribute} is ${bands[ask.gap]} away`;

function offered({ answer, level, part }: Content): string {
  if (level !== undefined) return `the same offers at ${Number((100 * level).toFixed(2))} % of their list prices`;
  const offers = answer?.offers ?? [];
  const conceded = offers.filter(({ list }) => list !== undefined).length;
  return [
    plural(offers.length, 'offer'),
    ...(offers.length > 0 ? [`from ${Math.min(...offers.map(({ price }) => price))} USD/h`] : []),
    ...(conceded > 0 ? [`${conceded} below list price`] : []),
    ...(part && part.n > 1 ? [`part ${part.k} of ${part.n}`] : []),
  ].join(', ');
}
