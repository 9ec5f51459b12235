import type { MeasuredAnswer, MeasuredRequest } from '@cloud-agency/bus';
import { duration, type Evaluator, evaluatorOf, type Guarantee, seriesOf, type Span } from '@cloud-agency/sla';
import type { SeriesRow } from '../store/tables.js';

type Asked = MeasuredRequest['terms'][number];

/** One guarantee of a machine or a group, judged over the samples of a month. */
export class MonthTerm {
  readonly resources: readonly string[];
  private readonly reads: ReturnType<typeof seriesOf>;
  /** Over the month as a whole, which says how much may go wrong, and over what of it its machines were there. */
  private readonly month: Evaluator;
  private readonly stay: Evaluator | undefined;
  private readonly changes: { readonly at: number; readonly resource: string; readonly joins: boolean }[];
  private readonly places = new Map<string, number>();
  private readonly placements = new Map<string, string>();
  private readonly pauses: readonly Span[];
  private readonly span: Span;
  private readonly meters = new Map<string, number>();
  private taken = 0;

  constructor(
    private readonly asked: Asked,
    { probes, pauses }: Pick<MeasuredRequest, 'probes' | 'pauses'>,
    { from, until }: Span,
  ) {
    const { guarantee, machines } = asked;
    this.resources = machines.map(({ resource }) => resource);
    this.reads = seriesOf(guarantee);
    this.pauses = pauses.map((pause) => ({ from: Date.parse(pause.from), until: Date.parse(pause.until) }));
    const spans = machines.map((machine) => ({
      resource: machine.resource,
      from: Math.max(from, Date.parse(machine.from)),
      until: machine.until === null ? until : Math.min(until, Date.parse(machine.until)),
    }));
    this.span = {
      from: Math.min(until, ...spans.map((one) => one.from)),
      until: Math.max(from, ...spans.map((one) => one.until)),
    };
    const failures = new Map(
      probes.flatMap((probe, index) => (probe.of === guarantee.of ? [[index, probe.failures] as const] : [])),
    );
    const over = (window: Guarantee['over']): Evaluator =>
      evaluatorOf({ ...guarantee, over: window }, { state: 'fulfilled', since: this.span.from, failures });
    this.month = over({ period: 'month', zone: 'UTC' });
    const isByTime = guarantee.term === 'availability' && guarantee.counted === undefined;
    const stayed = this.span.until - this.span.from - duration(this.pauses, this.span);
    this.stay = isByTime && stayed > 0 ? over(stayed) : undefined;
    this.changes = spans
      .flatMap(({ resource, from: joined, until: left }) => [
        { at: joined, resource, joins: true },
        { at: left, resource, joins: false },
      ])
      .sort((a, b) => a.at - b.at);
  }

  /** Takes the samples of a series; undefined where the guarantee does not read it. A condition that reads the same is asked with it. */
  followerOf({
    resource,
    placement,
    metric,
    source,
    meter,
  }: Omit<SeriesRow, 'id' | 'left_at'>): ((at: number, value: number) => void) | undefined {
    const reads = this.reads.flatMap((one, read) => (one.metric === metric && one.source === source ? [read] : [])).reverse();
    if (reads.length === 0 || !this.resources.includes(resource)) return undefined;
    const origin = source === 'probe' ? Number(meter) || 0 : this.originOf(meter);
    return (at, value) => {
      this.reach(at);
      const place = this.places.get(resource);
      if (place === undefined) return;
      this.stand(resource, placement, at);
      for (const read of reads) {
        if (this.month.take(place + read, at, value, origin) === 'kept') this.taken += 1;
        this.stay?.take(place + read, at, value, origin);
      }
    };
  }

  measured(): MeasuredAnswer['terms'][number] {
    const { index, resource } = this.asked;
    if (this.taken === 0) return { index, resource, measured: null, spent: null };
    const { until } = this.span;
    this.reach(until - 1);
    // The month is over one ms after the last that belongs to it.
    const whole = this.month.assess(until - 1, this.pauses);
    const measured = this.stay ? this.stay.assess(until, this.pauses).measured : whole.measured;
    return { index, resource, measured, spent: whole.budget?.fraction ?? null };
  }

  /** Machines come and go as time goes by. */
  private reach(at: number): void {
    for (let [next] = this.changes; next && next.at <= at; [next] = this.changes) {
      this.changes.shift();
      for (const evaluator of this.evaluators)
        if (next.joins) this.places.set(next.resource, evaluator.join(next.resource, next.at));
        else evaluator.leave(next.resource, next.at);
      if (!next.joins) this.places.delete(next.resource);
    }
  }

  /** A resource that stands at another placement is another machine. */
  private stand(resource: string, placement: string, at: number): void {
    const before = this.placements.get(resource);
    if (before === placement) return;
    this.placements.set(resource, placement);
    if (before !== undefined) for (const evaluator of this.evaluators) evaluator.move(resource, at);
  }

  private get evaluators(): readonly Evaluator[] {
    return this.stay ? [this.month, this.stay] : [this.month];
  }

  private originOf(meter: string): number {
    const known = this.meters.get(meter) ?? this.meters.size;
    this.meters.set(meter, known);
    return known % 1024;
  }
}
