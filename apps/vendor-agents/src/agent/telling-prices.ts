import { encoded, type PriceChanges, subjects } from '@cloud-agency/bus';
import { isoTime } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { PriceChange } from './repricing.js';

const changesAtOnce = 500;

/** Tells whoever listens of list prices that have changed. */
export function tellPrices(
  connection: NatsConnection,
  of: Pick<PriceChanges, 'agent' | 'vendor'>,
  changes: readonly PriceChange[],
  now: number,
): void {
  for (let place = 0; place < changes.length && !connection.isClosed(); place += changesAtOnce) {
    const told = changes
      .slice(place, place + changesAtOnce)
      .map(({ region, instanceType, market, commitment = 0, was, price }) => {
        return { region, instanceType, market, ...(commitment > 0 && { commitment }), was, price };
      });
    connection.publish(subjects.prices, encoded({ ...of, at: isoTime(now), changes: told } satisfies PriceChanges));
  }
}
