import type { Need } from '../../documents/call.js';
import type { Market } from '../../vocabulary/names.js';
import { type Counter, type GapBand, gapBands } from '../counter.js';
import { drawn } from './drawn.js';

/** All that a vendor's tactic goes by in one round. Any instance of the vendor's agent makes the same of it, after a restart too. */
export interface Situation {
  /** From 1. */
  readonly round: number;
  /** How many there will be at most. */
  readonly rounds: number;
  /** What the vendor was told after each earlier round, from round 1 on; undefined where that did not arrive. */
  readonly told: readonly (Told | undefined)[];
  /** Machines that the call asks for, over all items. */
  readonly machines: number;
  /** A number of 0..1, the same one for a seed all through this negotiation. */
  readonly draw: (seed: number) => number;
}

/** What one counter-offer comes to. */
export interface Told {
  /** Nothing was to be bettered. */
  readonly wins: boolean;
  /** The widest of the bands. */
  readonly gap: GapBand | undefined;
  /** The share that has to go off the list price until all published reservation values are met; not above 0: they are. */
  readonly reach: number | undefined;
}

/** What is conceded alike: the offers of an account in one region, on one market, for one commitment. */
export interface OfferGroup {
  readonly region: string;
  readonly market: Market;
  /** ms; 0: none. */
  readonly commitment: number;
}

/** A group, and how much of what the account may have there is free, 0..1; null: unknown. */
export interface StandingGroup extends OfferGroup {
  readonly free: number | null;
}

/** The parts of a call for proposals that a tactic may know of. */
export interface CalledFor {
  readonly agent: string;
  readonly conversation: string;
  readonly round: number;
  readonly rounds?: number | undefined;
  readonly counters?: readonly Counter[] | undefined;
  readonly demand: { readonly needs: readonly Need[] };
}

/** `cheapest` is the least list price of what meets an item whatever it costs, USD an hour; undefined where nothing does. */
export function situationOf(called: CalledFor, cheapest: (need: Need) => number | undefined): Situation {
  const { agent, conversation, rounds = 1, counters = [], demand } = called;
  // A call of one round is its first, whatever number it has: what a fail-over or a replacement asks for goes on from no negotiation.
  const round = called.rounds === undefined ? 1 : called.round;
  const earlier = Array.from({ length: round - 1 }, (_, index) => counters.find((counter) => counter.round === index + 1));
  return {
    round,
    rounds: Math.max(round, rounds),
    told: earlier.map((counter) => counter && toldBy(counter, demand.needs, cheapest)),
    machines: demand.needs.reduce((sum, { count }) => sum + count, 0),
    draw: (seed) => drawn(seed, agent, conversation),
  };
}

function toldBy({ asks }: Counter, needs: readonly Need[], cheapest: (need: Need) => number | undefined): Told {
  const bands = asks.flatMap((ask) => ('gap' in ask ? [ask.gap] : []));
  const reaches = asks.flatMap((ask) => {
    const need = 'reservation' in ask ? needs.find(({ item }) => item === ask.item) : undefined;
    const list = need && cheapest(need);
    return 'reservation' in ask && list !== undefined && list > 0 ? [1 - ask.reservation / list] : [];
  });
  return {
    wins: asks.length === 0,
    gap: gapBands.findLast((band) => bands.includes(band)),
    reach: reaches.length === 0 ? undefined : Math.max(...reaches),
  };
}

/** The round whose concession stands: whoever wins as it is gives no more, until it hears that it would lose again. */
export function pressedRound({ round, told }: Pick<Situation, 'round' | 'told'>): number {
  let pressed = round;
  while (pressed > 1 && told[pressed - 2]?.wins === true) pressed -= 1;
  return pressed;
}
