/** Accounts at the testbed whose agents hold about a thousand offers each: one region of its largest cloud, and as much of its price list. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const wanted = 1_000;

export async function accountsOfAThousand(testbed, directory, count) {
  const [aws] = (await (await fetch(`${testbed.url}/accounts`)).json()).filter(({ name }) => name === 'aws');
  const [head, ...rows] = (await (await fetch(aws.prices)).text()).trim().split('\n');
  const column = head.split(',').indexOf('region');
  const regions = Object.entries(aws.regions).slice(0, Math.min(count, 12));
  return await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [name, place] = regions[index % regions.length];
      const own = rows.filter((row) => row.split(',')[column] === name);
      const prices = join(directory, `prices-${index}.csv`);
      // Each type is sold in each of the region's three zones.
      await writeFile(prices, [head, ...own.slice(0, Math.ceil(wanted / 3))].join('\n'));
      return { ...aws, name: `vendor-${index}`, regions: { [name]: place }, prices };
    }),
  );
}
