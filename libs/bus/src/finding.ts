/** What the monitor tells of agreements: what it found, and how they stand. */
import { type Static, Type } from '@sinclair/typebox';
import { Id, Instant, nullable, storedEnvelope, Text } from './fields.js';

/**
 * Why a guarantee will be violated soon if nothing changes: what may go wrong is being spent `rate` times as fast as its window allows, over `window`
 * ms, where `factor` is too fast; or a straight line through what was measured meets the bound at `at`.
 */
const Risk = Type.Union([
  Type.Object({ by: Type.Literal('burn_rate'), factor: Type.Number(), rate: Type.Number(), window: Type.Number() }),
  Type.Object({ by: Type.Literal('trend'), at: Instant }),
]);

/** Whether what is wanted is the most or the least that may be measured. */
const Side = Type.Union([Type.Literal('at_most'), Type.Literal('at_least')]);

/** What the monitor found. `resource.*` are health of one placement, `sla.*` the state of one guarantee term (CFP.md 6). */
export const FindingMessage = Type.Object({
  ...storedEnvelope,
  performative: Type.Literal('finding'),
  agreement: Id,
  finding: Type.Union([
    Type.Literal('resource.down'),
    Type.Literal('resource.up'),
    Type.Literal('resource.overused'),
    Type.Literal('resource.underused'),
    Type.Literal('sla.fulfilled'),
    Type.Literal('sla.at_risk'),
    Type.Literal('sla.violated'),
    /** A violation goes on: how it stands. */
    Type.Literal('sla.lasting'),
    Type.Literal('sla.recovered'),
  ]),
  at: Instant,
  message: Text,
  /** resource.*: which. */
  resource: Type.Optional(Id),
  placement: Type.Optional(Id),
  /** sla.*: which guarantee: its index in the call, its term, and the resource when it is assessed for each. */
  guarantee: Type.Optional(
    Type.Object({
      index: Type.Integer({ minimum: 0 }),
      term: Id,
      of: Id,
      wanted: Type.Number(),
      measured: Type.Number(),
      unit: Text,
      /** Which of its bounds `wanted` is. */
      side: Type.Optional(Side),
    }),
  ),
  /** sla.violated, sla.lasting, sla.recovered: the violation, under the id that it keeps. */
  violation: Type.Optional(
    Type.Object({
      id: Id,
      opened: Instant,
      closed: nullable(Instant),
      /** The farthest beyond the bound that was measured, in the unit of the guarantee. */
      worst: Type.Number(),
      /** Samples that spoke against the guarantee since. */
      count: Type.Integer({ minimum: 0 }),
    }),
  ),
  /** sla.at_risk: why. */
  risk: Type.Optional(Risk),
  /** resource.overused, resource.underused: by which rule of the call, and how much is used, both in `unit`. */
  use: Type.Optional(
    Type.Object({
      rule: Type.Integer({ minimum: 0 }),
      metric: Id,
      wanted: Type.Number(),
      measured: Type.Number(),
      unit: Text,
    }),
  ),
  /** The measurements that prove it, newest last. */
  samples: Type.Array(
    Type.Object({
      at: Instant,
      resource: Id,
      ok: Type.Boolean(),
      milliseconds: nullable(Type.Number()),
      detail: Text,
      /** Of a guarantee: what was measured, by whom, and what came out. */
      metric: Type.Optional(Id),
      source: Type.Optional(Id),
      value: Type.Optional(Type.Number()),
    }),
    { maxItems: 50 },
  ),
});
export type FindingMessage = Static<typeof FindingMessage>;

/** A running figure for each guarantee, broadcast by the monitor about once a second while it changes; lost ones are not repeated. */
export const Assessment = Type.Object({
  agreement: Id,
  at: Instant,
  terms: Type.Array(
    Type.Object({
      index: Type.Integer({ minimum: 0 }),
      resource: nullable(Id),
      state: Type.Union([Type.Literal('undefined'), Type.Literal('fulfilled'), Type.Literal('violated')]),
      wanted: Type.Number(),
      measured: nullable(Type.Number()),
      unit: Text,
      side: Type.Optional(Side),
      /** The part of the window's allowance already spent, 0..1 and beyond; null where there is none. */
      spent: nullable(Type.Number()),
      /** Absent: it is not at risk. */
      risk: Type.Optional(Risk),
    }),
  ),
  health: Type.Array(
    Type.Object({
      resource: Id,
      placement: Id,
      state: Type.Union([Type.Literal('unknown'), Type.Literal('up'), Type.Literal('down')]),
      milliseconds: nullable(Type.Number()),
    }),
  ),
});
export type Assessment = Static<typeof Assessment>;
