import { mostSamples } from './findings.js';
import type { Sample } from './sample.js';

/** The newest failed probes of each machine, kept at hand to prove what is found. */
export class Evidence {
  private readonly failures = new Map<string, Sample[]>();

  add(sample: Sample): void {
    if (sample.ok) return;
    const kept = this.failures.get(sample.resource) ?? [];
    kept.push(sample);
    if (kept.length > mostSamples) kept.shift();
    this.failures.set(sample.resource, kept);
  }

  /** The machine is gone. */
  forget(resource: string): void {
    this.failures.delete(resource);
  }

  of(resources: readonly string[]): Sample[] {
    return resources.flatMap((resource) => this.failures.get(resource) ?? []);
  }
}
