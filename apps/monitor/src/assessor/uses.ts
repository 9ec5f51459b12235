import type { UseBound } from '@cloud-agency/sla';
import { type Finding, useFinding } from './findings.js';
import type { Target, Watch } from './sample.js';
import { Use, type UseReading } from './use.js';

interface Measured {
  readonly rule: number;
  readonly target: Target;
  readonly use: Use;
}

/** How much the machines of one agreement are used, against the bounds that its rules name. */
export class Uses {
  private agreement = '';
  /** By placement: what was seen of one machine says nothing of the next. */
  private measured: ReadonlyMap<string, readonly Measured[]> = new Map();

  arrange({ agreement, resources, utilisation = [] }: Watch): void {
    this.agreement = agreement;
    const known = this.measured;
    this.measured = new Map(
      resources.map((target) => [
        target.placement,
        utilisation
          .filter(({ of }) => of === null || of === target.item)
          .map(({ rule, use }) => {
            const before = known.get(target.placement)?.find((one) => one.rule === rule);
            return { rule, target, use: before && isSame(before.use.bound, use) ? before.use : new Use(use) };
          }),
      ]),
    );
  }

  take(placement: string, reading: UseReading): readonly Finding[] {
    return (this.measured.get(placement) ?? []).flatMap(({ rule, target, use }) => {
      const event = use.take(reading);
      return event ? [useFinding(this.agreement, event, rule, use.bound, target, reading)] : [];
    });
  }
}

const isSame = (a: UseBound, b: UseBound): boolean => JSON.stringify(a) === JSON.stringify(b);
