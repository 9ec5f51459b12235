/**
 * no-capacity, quota: there is no room, or not for this account. wrong-state: not while it is as it is. in-use: something else has it or
 * depends on it. other-zone: the two stand in different zones. taken: the device, address or range is somebody's already. out-of-range: it
 * lies outside of what it was to be part of.
 */
export type RefusalReason = 'no-capacity' | 'quota' | 'wrong-state' | 'in-use' | 'other-zone' | 'taken' | 'out-of-range';

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

/** What a face says for a reason, given what the cloud said. */
export type Words = Partial<Readonly<Record<RefusalReason, (message: string) => Error>>>;

/** Asks, and says a refusal in the words given; what they have no word for is thrown on. */
export function inWords<T>(words: Words, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const say = error instanceof Refusal ? words[error.reason] : undefined;
    throw say ? say((error as Refusal).message) : error;
  }
}
