import { type Evaluator, evaluatorOf, type Guarantee, type GuaranteeState, type Piece } from '../src/index.js';

/** An evaluator whose state is stored piece by piece, as the monitor does, and that can be stopped and started. */
export class Stored {
  evaluator: Evaluator;
  private readonly pieces = new Map<number, Piece>();

  constructor(
    private readonly guarantee: Guarantee,
    private readonly failures?: ReadonlyMap<number, number>,
  ) {
    this.evaluator = this.started('undefined');
  }

  restart(state: GuaranteeState): void {
    this.store();
    this.evaluator = this.started(state);
  }

  store(): void {
    // As a database gives it back: a part of something longer.
    for (const { key, bytes } of this.evaluator.dump()) this.pieces.set(key, { key, bytes: Buffer.from(bytes) });
    for (const key of this.pieces.keys()) if (key !== 0 && Math.abs(key) < this.evaluator.firstKey) this.pieces.delete(key);
  }

  private started(state: GuaranteeState): Evaluator {
    const { failures } = this;
    return evaluatorOf(this.guarantee, { state, ...(failures && { failures }), pieces: [...this.pieces.values()] });
  }
}
