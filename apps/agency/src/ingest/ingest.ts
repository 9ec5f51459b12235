import { mostSamplesAtOnce, type SampleBatch, type SamplesAnswer } from '@cloud-agency/bus';
import { AgencyError } from '@cloud-agency/errors';
import type { Clock } from '@cloud-agency/runtime';
import { Counters, type MetricName, metricValues, mostValues, type SeriesValue } from '@cloud-agency/sla';
import type { MeasuredPower } from '../statistics/power.js';
import type { AgencyStore } from '../store/agency-store.js';
import { Throttle } from '../tenants/throttle.js';
import type { Sender } from './push.js';

/** Pushes of one resource, a second; its agent sends one or two each period. */
const pushesAllowed = 10;
/** Of one resource at a time: whoever sends faster than the monitor takes is told to wait, and holds up nobody else. */
const mostInHand = 4;
const computingPower: MetricName = 'computing_power';

export interface IngestParts {
  readonly store: AgencyStore;
  readonly clock: Clock;
  /** Hands a batch to the monitor. @throws AgencyError monitor-unreachable. */
  readonly send: (batch: SampleBatch) => Promise<SamplesAnswer>;
  /** Told of what the agent of a machine measured of its computing power, once the monitor has it. */
  readonly onPower: (power: MeasuredPower) => Promise<void>;
}

/** What became of figures. */
export interface Taken {
  /** Samples that are on disk. */
  readonly taken: number;
  /** Those that the monitor would not have, by reason; that nobody asked for a metric is none. */
  readonly refused: readonly string[];
}

interface Machine {
  readonly resource: string;
  readonly placement: string;
  /** It was named by who runs on it, not by its agent, whose certificate says which it is. */
  readonly named?: true;
}

/** What is behind the two ways of telling. */
export type TakesFigures = Pick<Ingest, 'begin' | 'machineFor' | 'take'>;

export const tooMany = (): AgencyError =>
  new AgencyError('too-large', {
    message: `There are more than ${String(mostValues)} values, which is what is taken at a time.`,
  });

/**
 * Takes in what resources tell of themselves: series become metrics, and go to the monitor as samples of the source `resource`. What was
 * taken is on disk when the answer comes. Counters are followed here, so those of one resource have to come to the same process.
 */
export class Ingest {
  private readonly counters = new Counters();
  private readonly pushes: Throttle;
  private readonly inHand = new Map<string, number>();

  constructor(private readonly parts: IngestParts) {
    this.pushes = new Throttle(pushesAllowed, parts.clock);
  }

  /**
   * To be called before a body is looked at: reading it is most of the work, and a machine that sends too often is not to cause any. A tenant's
   * requests were counted when it was let in. @throws AgencyError too-many-requests.
   */
  begin(from: Sender): void {
    if ('placement' in from) this.pushes.take(from.resource);
  }

  /** The machine whose figures these are. @throws AgencyError not-found, invalid-request, conflict, forbidden. */
  async machineFor(from: Sender, named: string | undefined): Promise<Machine> {
    if ('placement' in from) {
      if (named === undefined || bare(named) === from.resource) return from;
      throw new AgencyError('forbidden', {
        message: 'A machine tells of itself alone; these figures are said to be of another.',
      });
    }
    if (named === undefined)
      throw new AgencyError('invalid-request', {
        message:
          'It is not said what these figures are of. Name the compute: by the resource attribute agency.resource of OpenTelemetry, or by ?resource=<id>.',
      });
    return await this.resourceOf(from.tenant, bare(named));
  }

  /**
   * Resolves once the monitor has them on disk.
   * @throws AgencyError too-large, too-many-requests, monitor-unreachable; then they are to be sent again.
   */
  async take(machine: Machine, series: readonly SeriesValue[]): Promise<Taken> {
    if (series.length > mostValues) throw tooMany();
    if (machine.named) this.pushes.take(machine.resource);
    return await this.oneOf(machine.resource, () => this.passOn(machine, series));
  }

  private async passOn({ resource, placement, named }: Machine, series: readonly SeriesValue[]): Promise<Taken> {
    const now = this.parts.clock.now();
    const values = metricValues(series, { of: placement, counters: this.counters, now });
    const samples = values.map(({ metric, at, value }) => ({ resource, placement, metric, at, value }));
    let taken = 0;
    const refused: string[] = [];
    for (let from = 0; from < samples.length; from += mostSamplesAtOnce) {
      const answer = await this.parts.send({ source: 'resource', samples: samples.slice(from, from + mostSamplesAtOnce) });
      if (answer.problem !== undefined) throw new Error(`The monitor does not understand a batch of samples: ${answer.problem}`);
      if (answer.retryAfter !== undefined)
        throw new AgencyError('monitor-unreachable', { reason: 'it has more in hand than it can write' });
      taken += answer.taken;
      refused.push(...refusalsOf(answer));
    }
    const power = values.findLast(({ metric }) => metric === computingPower);
    if (power && !named && refused.length === 0) await this.parts.onPower({ placement, value: power.value, at: power.at });
    return { taken, refused };
  }

  private async oneOf<T>(resource: string, task: () => Promise<T>): Promise<T> {
    const inHand = this.inHand.get(resource) ?? 0;
    if (inHand >= mostInHand) throw new AgencyError('too-many-requests', { limit: pushesAllowed, seconds: 1 });
    this.inHand.set(resource, inHand + 1);
    try {
      return await task();
    } finally {
      const left = (this.inHand.get(resource) ?? 1) - 1;
      if (left === 0) this.inHand.delete(resource);
      else this.inHand.set(resource, left);
    }
  }

  private async resourceOf(tenant: string, id: string): Promise<Machine> {
    const found = await this.parts.store.tables
      .selectFrom('resource')
      .select(['id', 'placement', 'state', 'title'])
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .where('state', '!=', 'deleted')
      .executeTakeFirst();
    if (!found)
      throw new AgencyError('not-found', { what: `Compute ${id.slice(0, 100)}`, hint: 'GET /compute/ lists those there are.' });
    if (found.placement !== null) return { resource: found.id, placement: found.placement, named: true };
    throw new AgencyError('conflict', { message: `${found.title} has no machine yet, so nothing can be told of it.` });
  }
}

/** `/compute/ID` is how OCCI has it. */
const bare = (named: string): string => named.replace(/^.*\/compute\//, '');

/** What was told twice is known; what nobody asked for is not kept, and no fault of who tells it. */
function refusalsOf({ refused }: SamplesAnswer): readonly string[] {
  return refused
    .filter(({ reason }) => reason !== 'doubled' && reason !== 'unknown-metric')
    .map(({ reason, count }) => `${String(count)} ${reason}`);
}
