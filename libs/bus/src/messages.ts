/**
 * The agents' messages: one contract for each, in the manner of FIPA ACL (CFP.md 3). A message is unique by (conversation, sender,
 * sequence); `id` names it on the wire. Everything that comes off the bus is validated here, once (validate.ts).
 */
import { type Static, Type } from '@sinclair/typebox';
import type { Answer, Counter, Demand, Guarantee, Probe, Scrape, UseBound } from '@cloud-agency/sla';
import { envelope, Id, Instant, nullable, storedEnvelope, Text } from './fields.js';
import { FindingMessage } from './finding.js';
import { ObserveMessage } from './observing.js';
import { PricesMessage, UptimeMessage } from './statistics.js';

/** Types that libs/sla owns: checked there for meaning, here only for being an object. */
const owned = <T>() => Type.Unsafe<T>(Type.Object({}, { additionalProperties: true }));

/** Why a vendor could not do what it was asked (VENDORS.md), plus what the saga itself can find. */
export const failureReasons = [
  'no-capacity',
  'quota',
  'bad-credentials',
  'forbidden',
  'invalid-request',
  'not-found',
  'conflict',
  'rate-limited',
  'timeout',
  'unavailable',
  'price-changed',
  'boot-failed',
  'cancelled',
  'unknown',
] as const;
export const FailureReason = Type.Union(failureReasons.map((reason) => Type.Literal(reason)));
export type FailureReason = (typeof failureReasons)[number];

export const refusalReasons = ['no-feasible-offer', 'no-offers-loaded', 'unsupported', 'not-understood', 'failed'] as const;

/** Heartbeat of a vendor agent, once a second (CFP.md 3). */
export const Announcement = Type.Object({
  agent: Id,
  /** Which of the processes that share the agent's work it comes from. */
  instance: Type.Optional(Id),
  /** The vendor module that drives the account, e.g. `openstack`. */
  type: Id,
  /** Whose cloud it is, e.g. `rackspace`: the `vendor` of its offers. */
  vendor: Id,
  title: Text,
  state: Type.Union([Type.Literal('alive'), Type.Literal('degraded'), Type.Literal('gone')]),
  /** What is wrong and what to do, when degraded; what it is at, before its offers are loaded. */
  message: Type.Optional(Text),
  offers: Type.Integer({ minimum: 0 }),
  /** Null until they are loaded. */
  offersAsOf: nullable(Instant),
  regions: Type.Array(Id),
  abilities: Type.Array(Id),
});
export type Announcement = Static<typeof Announcement>;

export const CfpMessage = Type.Object({
  ...envelope,
  performative: Type.Literal('cfp'),
  round: Type.Integer({ minimum: 1 }),
  /** How many rounds there will be at most; absent: this one alone. */
  rounds: Type.Optional(Type.Integer({ minimum: 1 })),
  /** What the receiver was told after each earlier round, in order, so that any of its instances can go on. Sent to that agent alone. */
  counters: Type.Optional(Type.Array(owned<Counter>(), { maxItems: 20 })),
  replyBy: Instant,
  demand: owned<Demand>(),
  /**
   * The receiver's latest whole proposal in this conversation, in one part, that the sender still has; the demand and the offers not to propose are those of
   * the call that it answered. What is only dearer or cheaper now may be told by reference to it.
   */
  holds: Type.Optional(Id),
  /** Offers not to propose: they failed lately (quarantine), or a fail-over excludes them. */
  excludedOffers: Type.Array(Id),
  /** Absent: offers that meet the demand are asked for. `repair`: nothing does, and those are that a smallest change of it can need (CFP.md 3). */
  purpose: Type.Optional(Type.Literal('repair')),
});
export type CfpMessage = Static<typeof CfpMessage>;

const part = { part: Type.Object({ k: Type.Integer({ minimum: 1 }), n: Type.Integer({ minimum: 1 }) }) };
/** Part k of n of an answer; `answer.items` travels in part 1 only. */
export const ProposeMessage = Type.Object({
  ...envelope,
  ...part,
  performative: Type.Literal('propose'),
  inReplyTo: Id,
  answer: owned<Answer>(),
  /** When the offers were last seen at the vendor, where that is longer ago than it should be. */
  staleSince: Type.Optional(Instant),
});
export type ProposeMessage = Static<typeof ProposeMessage>;
/** A proposal of the same offers as an earlier one, at other prices. */
export const RepricedMessage = Type.Object({
  ...envelope,
  performative: Type.Literal('propose'),
  inReplyTo: Id,
  /** The earlier one: what the call said its sender holds. */
  reprices: Id,
  /** The share of their list prices that all of its offers are at now. */
  level: Type.Number({ exclusiveMinimum: 0 }),
});
export type RepricedMessage = Static<typeof RepricedMessage>;
export const RefuseMessage = Type.Object({
  ...envelope,
  performative: Type.Union([Type.Literal('refuse'), Type.Literal('not-understood')]),
  inReplyTo: Id,
  reason: Type.Union(refusalReasons.map((reason) => Type.Literal(reason))),
  message: Text,
  /** What each constraint excluded, when nothing was left. */
  answer: Type.Optional(owned<Answer>()),
});
export type RefuseMessage = Static<typeof RefuseMessage>;
export const CfpReply = Type.Union([ProposeMessage, RepricedMessage, RefuseMessage]);
export type CfpReply = Static<typeof CfpReply>;

/** The machine to create: one placement of one item, at the price it was quoted for. */
export const AcceptMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('accept-proposal'),
  receiver: Id,
  placement: Id,
  order: Type.Object({
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
    offer: Id,
    region: Id,
    zone: Id,
    instanceType: Id,
    architecture: nullable(Type.String()),
    market: Type.Union([Type.Literal('on-demand'), Type.Literal('spot')]),
    /** The time that is paid for in any case, ms; absent: none. */
    commitment: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** USD an hour, as quoted; a different current price is the failure `price-changed`. */
    price: Type.Number({ minimum: 0 }),
    /** The vendor's list price that a conceded `price` was made from, USD an hour; absent: `price` is that. What must not have changed is then this. */
    list: Type.Optional(Type.Number({ minimum: 0 })),
    /** Until when that quote binds; after it the agency has to ask again, and the order fails as `price-changed`. */
    validUntil: Instant,
    image: Id,
    /** The vendor's id of an image, instead of `image`. */
    vendorImage: Type.Optional(Id),
    sshKey: Type.Optional(Type.String({ maxLength: 20_000 })),
    /** The client's, which in a MIME archive is a third longer, and the start of the agent. */
    userData: Type.Optional(Type.String({ maxLength: 131_072 })),
    /** Tags to put on the machine, beside the placement. */
    tags: Type.Record(Type.String(), Type.String()),
  }),
  /** When the machine must be active; after it the agent gives up with `timeout` and cleans up. */
  deadline: Instant,
});
export type AcceptMessage = Static<typeof AcceptMessage>;
export type Order = AcceptMessage['order'];

export const RejectMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('reject-proposal'),
  receiver: Id,
  offers: Type.Array(Id),
  message: Text,
});
export type RejectMessage = Static<typeof RejectMessage>;
/** Undo a placement, whatever its state: what runs is deleted, what is being created is given up. Answered by inform `deleted`. */
export const CancelMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('cancel'),
  receiver: Id,
  placement: Id,
  message: Text,
});
export type CancelMessage = Static<typeof CancelMessage>;

/** What a vendor agent can be asked to do with what it has placed. Volumes and networks are known by ids of the agency's, their tokens at the vendor. */
export const Operation = Type.Union([
  Type.Object({
    do: Type.Union([Type.Literal('start'), Type.Literal('stop'), Type.Literal('restart'), Type.Literal('suspend')]),
    placement: Id,
    /** Without waiting for the operating system. */
    forced: Type.Boolean(),
  }),
  Type.Object({
    do: Type.Literal('resize'),
    placement: Id,
    instanceType: Id,
    /** As in an order. */
    price: Type.Number({ minimum: 0 }),
    list: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  Type.Object({ do: Type.Literal('save'), placement: Id, image: Id, name: Text }),
  Type.Object({
    do: Type.Literal('create-volume'),
    volume: Id,
    region: Id,
    zone: Id,
    name: Text,
    size: Type.Integer({ minimum: 1 }),
  }),
  Type.Object({ do: Type.Literal('attach-volume'), volume: Id, placement: Id, device: Type.Optional(Text) }),
  Type.Object({ do: Type.Literal('detach-volume'), volume: Id, placement: Id }),
  Type.Object({ do: Type.Literal('delete-volume'), volume: Id }),
  Type.Object({
    do: Type.Literal('create-network'),
    network: Id,
    region: Id,
    name: Text,
    range: Type.Optional(Text),
    gateway: Type.Optional(Text),
  }),
  Type.Object({
    do: Type.Literal('join-network'),
    network: Id,
    placement: Id,
    interface: Id,
    address: Type.Optional(Text),
  }),
  Type.Object({ do: Type.Literal('leave-network'), network: Id, placement: Id, interface: Id }),
  Type.Object({ do: Type.Literal('delete-network'), network: Id }),
]);
export type Operation = Static<typeof Operation>;

/** Asks a vendor agent for one operation, answered by one `inform-result`. Asking again under the same task does nothing twice. */
export const RequestMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('request'),
  receiver: Id,
  task: Id,
  operation: Operation,
  /** After it the agent gives up with `timeout`. */
  deadline: Instant,
});
export type RequestMessage = Static<typeof RequestMessage>;

/** What the vendor made of an operation; what does not apply is left out. */
export const OperationOutcome = Type.Union([
  Type.Object({
    done: Type.Literal(true),
    vendorId: Type.Optional(Id),
    /** Of the machine, after a start, or of the interface. */
    address: Type.Optional(nullable(Id)),
    mac: Type.Optional(nullable(Text)),
    device: Type.Optional(nullable(Text)),
  }),
  Type.Object({ done: Type.Literal(false), reason: FailureReason, message: Text, vendorCode: nullable(Text) }),
]);
export type OperationOutcome = Static<typeof OperationOutcome>;

export const ResultMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('inform-result'),
  task: Id,
  outcome: OperationOutcome,
});
export type ResultMessage = Static<typeof ResultMessage>;

export const InformMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('inform'),
  placement: Id,
  /**
   * building: the vendor has it, with this id. active: it runs at this address. deleted: gone at the vendor. orphaned: cannot be deleted;
   * retried. ending: the vendor says that it will take it back. repriced: it costs `price` from now on. retiring: its size is not sold any
   * more. lost: the vendor does not know it any more. found: what was lost is there again.
   */
  state: Type.Union(
    (['building', 'active', 'deleted', 'orphaned', 'ending', 'repriced', 'retiring', 'lost', 'found'] as const).map((state) =>
      Type.Literal(state),
    ),
  ),
  vendorId: nullable(Id),
  address: nullable(Id),
  /** repriced: USD an hour. */
  price: Type.Optional(Type.Number({ minimum: 0 })),
  message: Text,
});
export type InformMessage = Static<typeof InformMessage>;
export const FailureMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('failure'),
  placement: Id,
  offer: Id,
  reason: FailureReason,
  message: Text,
  vendorCode: nullable(Text),
});
export type FailureMessage = Static<typeof FailureMessage>;

/** What the monitor is to watch for one agreement: always the whole state, so the latest version replaces all before it. */
export const WatchMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('watch'),
  agreement: Id,
  version: Type.Integer({ minimum: 1 }),
  /** False ends it. */
  active: Type.Boolean(),
  resources: Type.Array(Type.Object({ resource: Id, item: Id, placement: Id, address: Id })),
  probes: Type.Array(owned<Probe>()),
  /** Endpoints of the machines that are read; absent: none. */
  scrape: Type.Optional(Type.Array(owned<Scrape>())),
  guarantees: Type.Array(owned<Guarantee>()),
  /** Which of the guarantees hold, by index, and since when where that is not from the beginning; absent: all do. */
  inForce: Type.Optional(Type.Array(Type.Object({ index: Type.Integer({ minimum: 0 }), since: Type.Optional(Instant) }))),
  /** When the agreement was suspended: windows reach back over it. */
  pauses: Type.Optional(Type.Array(Type.Object({ from: Instant, until: Instant }))),
  /** What the rules of the agreement call too much or too little use, by the rule's index in the call; absent: nothing. */
  utilisation: Type.Optional(
    Type.Array(Type.Object({ rule: Type.Integer({ minimum: 0 }), of: nullable(Id), use: owned<UseBound>() })),
  ),
});
export type WatchMessage = Static<typeof WatchMessage>;

/** Commands and events that go through an outbox and JetStream (ARCHITECTURE.md). */
export const StoredMessage = Type.Union([
  AcceptMessage,
  RejectMessage,
  CancelMessage,
  RequestMessage,
  ResultMessage,
  InformMessage,
  FailureMessage,
  WatchMessage,
  ObserveMessage,
  FindingMessage,
  UptimeMessage,
  PricesMessage,
]);
export type StoredMessage = Static<typeof StoredMessage>;
