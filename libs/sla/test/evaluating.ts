import {
  type Evaluator,
  evaluatorOf,
  type Guarantee,
  type GuaranteeState,
  type Piece,
  type Span,
  type Verdict,
} from '../src/index.js';

/** An evaluator whose state is stored piece by piece, as the monitor does, and that can be stopped and started. */
export class Stored {
  evaluator: Evaluator;
  private readonly pieces = new Map<number, Piece>();

  constructor(
    private readonly guarantee: Guarantee,
    private readonly failures?: ReadonlyMap<number, number>,
  ) {
    this.evaluator = this.started('undefined', []);
  }

  restart(state: GuaranteeState, pauses: readonly Span[] = []): void {
    this.store();
    this.evaluator = this.started(state, pauses);
  }

  store(): void {
    // As a database gives it back: a part of something longer.
    for (const { key, bytes } of this.evaluator.dump()) this.pieces.set(key, { key, bytes: Buffer.from(bytes) });
    for (const key of this.pieces.keys()) if (key !== 0 && Math.abs(key) < this.evaluator.firstKey) this.pieces.delete(key);
  }

  private started(state: GuaranteeState, pauses: readonly Span[]): Evaluator {
    const { failures } = this;
    return evaluatorOf(this.guarantee, { state, pauses, ...(failures && { failures }), pieces: [...this.pieces.values()] });
  }
}

export function isBudget(budget: Verdict['budget'], allowance: number, spent: number): void {
  expect(budget?.spent).toBe(spent);
  expect(budget?.allowance).toBeCloseTo(allowance, 3);
  expect(budget?.remaining).toBeCloseTo(Math.max(0, allowance - spent), 3);
}

/** @param burns over the longer and the shorter window of each pair, in the order of the factors */
export function burnAs({ burns: told, atRisk, state }: Verdict, burns: readonly (readonly number[])[]): void {
  expect(told).toHaveLength(burns.length);
  for (const [place, [long = NaN, short = NaN]] of burns.entries()) {
    expect(told[place]?.longRate).toBeCloseTo(long, 8);
    expect(told[place]?.shortRate).toBeCloseTo(short, 8);
  }
  const burning = told.find(({ factor }, place) => (burns[place] ?? []).every((rate) => rate >= factor));
  if (burning && state === 'fulfilled') expect(atRisk).toMatchObject({ by: 'burn_rate', factor: burning.factor });
  else expect(atRisk?.by).not.toBe('burn_rate');
}
