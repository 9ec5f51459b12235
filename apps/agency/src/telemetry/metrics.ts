/** Metrics of this process, each made once however often its part is started. */
import { Counter, Gauge, register } from 'prom-client';

export function counter<const Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
  const known = register.getSingleMetric(name) as Counter<Label> | undefined;
  return known ?? new Counter({ name, help, labelNames: [...labelNames] });
}

export function gauge<const Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  const known = register.getSingleMetric(name) as Gauge<Label> | undefined;
  return known ?? new Gauge({ name, help, labelNames: [...labelNames] });
}
