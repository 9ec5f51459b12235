import { exit } from '../failure.js';
import type { PriceChange, Statistic } from '../measured.js';
import { verb, withUrl } from '../verb.js';
import { columns } from '../views/columns.js';
import { count, measure } from '../views/figures.js';

interface Options {
  readonly vendor?: string;
  readonly region?: string;
  readonly size?: string;
  readonly prices?: boolean;
}

const heads = [
  { title: 'VENDOR' },
  { title: 'REGION' },
  { title: 'SIZE' },
  { title: 'MARKET' },
  { title: 'ORDERS', align: 'right' },
  { title: 'SUCCESS', align: 'right' },
  { title: 'MEDIAN', align: 'right' },
  { title: 'P95', align: 'right' },
  { title: 'AVAILABLE', align: 'right' },
  { title: 'HOURS', align: 'right' },
  { title: 'MACHINES', align: 'right' },
  { title: 'PERFORMANCE', align: 'right' },
  { title: 'VIOLATIONS', align: 'right' },
  { title: 'AS OF' },
] as const;

const priceHeads = [
  ...heads.slice(0, 4),
  { title: 'WAS', align: 'right' },
  { title: 'IS', align: 'right' },
  { title: 'AT' },
] as const;

function priceRow({ vendor, region, size, market, commitment, was, price, at }: PriceChange): readonly string[] {
  const sold = commitment === undefined ? market : `${market}, ${count(commitment)} h`;
  return [vendor, region, size, sold, `${was} USD/h`, price === null ? 'not sold' : `${price} USD/h`, at];
}

export const statistics = verb<Options>(
  {
    name: 'statistics',
    description: 'Show what was seen of vendors: how they provision, how available their machines are, what they compute',
    adjust: (command) =>
      withUrl(command)
        .option('--vendor <name>', 'of this vendor alone')
        .option('--region <name>', 'of this region alone')
        .option('--size <name>', 'of this size alone, by the vendor’s name of it')
        .option('--prices', 'how list prices have changed instead, the newest first'),
  },
  async ({ options: { vendor, region, size, prices = false }, client, terminal }) => {
    const query = { ...(vendor && { vendor }), ...(region && { region }), ...(size && { size }) };
    if (prices) {
      const changes = await client.prices(query);
      for (const change of changes) terminal.record(change);
      terminal.tell(
        changes.length === 0 ? 'No list price has been seen to change.' : columns(priceHeads, changes.map(priceRow)).join('\n'),
      );
      return exit.done;
    }
    const found = await client.statistics(query);
    for (const statistic of found) terminal.record(statistic);
    terminal.tell(found.length === 0 ? 'Nothing has been seen of vendors yet.' : columns(heads, found.map(row)).join('\n'));
    return exit.done;
  },
);

function row({
  vendor,
  region,
  size,
  market,
  provisioning,
  availability,
  performance,
  violations,
  asOf,
}: Statistic): readonly string[] {
  return [
    ...[vendor, region, size, market],
    count(provisioning.orders),
    measure(provisioning.success, 'fraction'),
    measure(provisioning.median, 's'),
    measure(provisioning.p95, 's'),
    measure(availability.observed, 'fraction'),
    measure(availability.hours, 'h'),
    count(availability.machines),
    performance.observed === null ? '–' : `${count(Math.round(performance.observed))} by ${count(performance.machines)}`,
    count(violations),
    asOf,
  ];
}
