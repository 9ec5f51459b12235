import type { Order } from '@cloud-agency/bus';
import { changeOf } from '../src/observing/price-watch.js';
import type { Placement } from '../src/placement/placements.js';
import { PriceList } from '../src/vendor/prices.js';

const order = { region: 'oslo', instanceType: 'small', market: 'on-demand', price: 0.1 } as Order;
const running = (more: Partial<Placement> = {}): Placement =>
  ({
    id: 'p-1',
    vendor_id: 'v-1',
    address: null,
    order,
    state: 'active',
    cancelled: false,
    announced_price: null,
    retiring: 0,
    ...more,
  }) as Placement;
const list = async (rows: string): Promise<PriceList> =>
  await PriceList.parse(`instance_type,price_per_hour,currency,region,market\n${rows}`, {});

describe('a new price list', () => {
  it('is told of machines whose size costs something else, once', async () => {
    const dearer = await list('small,0.15,USD,oslo,on-demand\n');
    const found = changeOf(running(), dearer);
    expect(found?.report).toMatchObject({ performative: 'inform', state: 'repriced', price: 0.15 });
    expect(changeOf(running(found?.announcement), dearer)).toBeUndefined();
    const back = changeOf(running(found?.announcement), await list('small,0.1,USD,oslo,on-demand\n'));
    expect(back?.report).toMatchObject({ state: 'repriced', price: 0.1 });
  });

  it('leaves conceded what was conceded', async () => {
    const conceded = running({ order: { ...order, price: 0.09, list: 0.1 } });
    expect(changeOf(conceded, await list('small,0.1,USD,oslo,on-demand\n'))).toBeUndefined();
    expect(changeOf(conceded, await list('small,0.2,USD,oslo,on-demand\n'))?.announcement.announced_price).toBeCloseTo(0.18);
  });

  it('is told of machines whose size is not sold any more, once, and when it is sold again', async () => {
    const without = await list('large,0.2,USD,oslo,on-demand\n');
    const found = changeOf(running(), without);
    expect(found?.report).toMatchObject({ state: 'retiring' });
    expect(changeOf(running(found?.announcement), without)).toBeUndefined();
    const again = changeOf(running(found?.announcement), await list('small,0.1,USD,oslo,on-demand\n'));
    expect(again?.report).toMatchObject({ state: 'repriced', price: 0.1 });
  });

  it('changes nothing for what is paid for in any case, or is going', async () => {
    const dearer = await list('small,0.15,USD,oslo,on-demand\n');
    expect(changeOf(running({ order: { ...order, commitment: 3_600_000 } }), dearer)).toBeUndefined();
    expect(changeOf(running({ cancelled: true }), dearer)).toBeUndefined();
    expect(changeOf(running({ state: 'deleting' }), dearer)).toBeUndefined();
  });
});
