import { type BusinessValues, encoded, subjects } from '@cloud-agency/bus';
import { type Account, type Clock, isoTime, type Log } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Placement, Placements } from '../placement/placements.js';

export interface ValueTellerOptions {
  readonly agent: string;
  /** With the carbon intensity of their electricity, where the operator of the Agency states it. */
  readonly regions: Account['regions'];
  readonly placements: Pick<Placements, 'living' | 'changes'>;
  readonly connection: NatsConnection;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often it is looked whether anything has changed, and how often it is told in any case, ms. */
const lookEveryMs = 1_000;
const tellAgainMs = 60_000;
/** In one message. */
const mostAtOnce = 500;

/** Tells what each machine of the account that runs costs now, and how clean the electricity of its region is. */
export class ValueTeller {
  private told: { readonly at: number; readonly changes: number } | undefined;
  private telling: Promise<void> | undefined;
  private stopLooking: (() => void) | undefined;

  constructor(private readonly options: ValueTellerOptions) {}

  start(): void {
    this.stopLooking = this.options.clock.every(lookEveryMs, () => {
      this.telling ??= this.look()
        .catch((error: unknown) => {
          this.options.log.warn(
            { agent: this.options.agent, err: error },
            'What machines cost could not be told; it is tried again.',
          );
        })
        .finally(() => (this.telling = undefined));
    });
  }

  /** Resolves once nothing is being told any more. */
  async stop(): Promise<void> {
    this.stopLooking?.();
    await this.telling;
  }

  private async look(): Promise<void> {
    const { agent, placements, connection, clock } = this.options;
    const [at, changes] = [clock.now(), placements.changes(agent)];
    if (this.told && this.told.changes === changes && at - this.told.at < tellAgainMs) return;
    const machines = (await placements.living(agent)).flatMap((placement) => valuesOf(placement, this.options.regions) ?? []);
    for (let from = 0; from < machines.length && !connection.isClosed(); from += mostAtOnce) {
      const values: BusinessValues = { agent, at: isoTime(at), machines: machines.slice(from, from + mostAtOnce) };
      connection.publish(subjects.values, encoded(values));
    }
    this.told = { at, changes };
  }
}

/** Undefined for what does not run. */
export function valuesOf(
  { id, state, order, announced_price: announced }: Pick<Placement, 'id' | 'state' | 'order' | 'announced_price'>,
  regions: Account['regions'],
): BusinessValues['machines'][number] | undefined {
  if (state !== 'active' || order === null) return undefined;
  const carbon = Array.isArray(regions) ? undefined : regions[order.region]?.carbon;
  return { placement: id, price: announced ?? order.price, ...(carbon === undefined ? {} : { carbon }) };
}
