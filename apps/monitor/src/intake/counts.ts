import { type SampleRefusal, sampleRefusals } from '@cloud-agency/bus';

/** What has come in since the monitor was started. */
export class IntakeCounts {
  taken = 0;
  /** Batches that were sent back whole, because too much was waiting. */
  sentBack = 0;
  /** Steps of the clock that were no passing of time. */
  clockJumps = 0;
  readonly refused: Record<SampleRefusal, number> = Object.fromEntries(
    sampleRefusals.map((reason) => [reason, 0] as const),
  ) as Record<SampleRefusal, number>;
}
