/** How old the samples of the batches after any one are, ms. */
export class OldestTimes {
  /** Both ascend: a batch with older samples than those before it stands for them as well. */
  private readonly batches: { readonly batch: number; readonly at: number }[] = [];

  /** `at`: none of the samples of a batch was measured before. Batches come in their order. */
  note(batch: number, at: number): void {
    while ((this.batches.at(-1)?.at ?? -Infinity) >= at) this.batches.pop();
    this.batches.push({ batch, at });
  }

  /** When the oldest sample of those after a batch was measured; Infinity: there is none. */
  after(batch: number): number {
    return this.batches.find((one) => one.batch > batch)?.at ?? Infinity;
  }

  /** What came after any batch before this one is not asked for any more. */
  forget(batch: number): void {
    while ((this.batches[0]?.batch ?? Infinity) <= batch) this.batches.shift();
  }
}
