import type { RpcAnswer } from '../rpc-routes.js';
import { isList, type RpcStruct } from '../xml-rpc.js';
import { guestOf, guestsOf, type Methods, number, type SlCall, structs, templateOf, text } from './call.js';
import { exception, invalid, notFound, outstanding } from './fault.js';
import { capacityOf, sizeCalled, slTime } from './guest-view.js';
import { coreOptions, feeText, memoryOptions } from './options.js';
import { many } from './result.js';

/** Other cores and memory for a guest are ordered by prices ("SoftLayer_Container_Product_Order_Virtual_Guest_Upgrade"). */
export const upgradeMethods: Methods = {
  'SoftLayer_Virtual_Guest::getUpgradeItemPrices': prices,
  'SoftLayer_Product_Order::placeOrder': placeOrder,
};

const upgradeOrder = 'SoftLayer_Container_Product_Order_Virtual_Guest_Upgrade';

/** Lesser ones only when the first parameter asks for them. */
function prices(call: SlCall): RpcAnswer {
  const { cores, memoryGib } = capacityOf(guestOf(call).size);
  const [downgrades = false] = call.params;
  return many(call, 'upgradeItemPrices', [
    ...coreOptions
      .filter((option) => downgrades === true || option.cores > cores)
      .map((option) => price(option, 'guest_core', 'CORE', option.cores)),
    ...memoryOptions
      .filter((option) => downgrades === true || option.gib > memoryGib)
      .map((option) => price(option, 'ram', 'GB', option.gib)),
  ]);
}

const price = (
  { priceId, fee }: { readonly priceId: number; readonly fee: number },
  categoryCode: string,
  units: string,
  capacity: number,
): { readonly local: RpcStruct; readonly related: RpcStruct } => ({
  local: { id: priceId, hourlyRecurringFee: feeText(fee), locationGroupId: null },
  related: {
    categories: [{ id: categoryCode === 'ram' ? 3 : 80, categoryCode, name: categoryCode }],
    item: { id: priceId + 1_000, capacity: String(capacity), units, description: `${capacity} ${units}` },
  },
});

function placeOrder(call: SlCall): RpcAnswer {
  const order = templateOf(call);
  const complexType = text(order, 'complexType') ?? 'nothing';
  if (complexType !== upgradeOrder) throw exception('Order', `Orders of ${complexType} are not taken here.`);
  if (!structs(order, 'properties').some(({ name }) => name === 'MAINTENANCE_WINDOW'))
    throw exception('Order', 'A maintenance window must be given.');
  const [wanted] = structs(order, 'virtualGuests');
  const id = number(wanted ?? {}, 'id');
  const guest = guestsOf(call.cloud).find((candidate) => candidate.id === String(id));
  if (!guest) throw notFound(id);
  if (guest.state !== 'running' && guest.state !== 'stopped') throw outstanding();
  const { cores, memoryGib, diskGb } = upgraded(order, capacityOf(guest.size));
  call.testbed.fleet.resize(guest, sizeCalled(cores, memoryGib, diskGb), true);
  const orderId = Number(call.testbed.numbers.next());
  return { value: { orderId, orderDate: slTime(call.testbed.clock.now()), placedOrder: { id: orderId, status: 'APPROVED' } } };
}

type Capacity = ReturnType<typeof capacityOf>;

function upgraded(order: RpcStruct, before: Capacity): Capacity {
  if (!isList(order.prices) || order.prices.length === 0) throw invalid('No prices were given.');
  return structs(order, 'prices').reduce<Capacity>((capacity, chosen) => {
    const id = number(chosen, 'id');
    const core = coreOptions.find(({ priceId }) => priceId === id);
    const memory = memoryOptions.find(({ priceId }) => priceId === id);
    if (!core && !memory) throw exception('Order_Item_Invalid', `The price ${String(id)} is not valid for this package.`);
    return { ...capacity, cores: core?.cores ?? capacity.cores, memoryGib: memory?.gib ?? capacity.memoryGib };
  }, before);
}
