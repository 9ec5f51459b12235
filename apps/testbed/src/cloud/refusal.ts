export type RefusalReason = 'no-capacity' | 'quota' | 'wrong-state';

/** What a cloud cannot do. Each face says it in its protocol's own words. */
export class Refusal extends Error {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
