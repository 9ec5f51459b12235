import { Type } from '@sinclair/typebox';
import type { Action, Instance } from '../../cloud/instance.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { sizeWith } from './catalogue.js';
import { instanceOfOrder } from './places.js';
import { readRoot } from './reading.js';
import { invalid, notFound, said } from './rimuhosting.js';
import { orderView, parametersOf, priceOf, vpsInfo } from './views.js';

const RunningState = Type.Object({ running_state: Type.String() });
const Optional = (least: number) => Type.Optional(Type.Union([Type.Integer({ minimum: least }), Type.Null()]));
const Parameters = Type.Object({ memory_mb: Optional(100), disk_space_mb: Optional(1024), disk_space_2_mb: Optional(0) });

/** The server of an order. */
export function serveVps(routes: CloudRoutes): void {
  routes.add('GET', '/r/orders/:order/vps', (asked) => {
    const order = orderOf(asked);
    return said('get_vps_status_response', null, {
      running_vps_info: vpsInfo(asked, order),
      about_order: orderView(asked, order),
    });
  });
  routes.add('DELETE', '/r/orders/:order/vps', remove);
  routes.add('PUT', '/r/orders/:order/vps/running-state', changeState);
  routes.add('PUT', '/r/orders/:order/vps/parameters', resize);
}

function remove(asked: Asked): Said {
  const order = orderOf(asked);
  if (order.state === 'deleting') throw notFound(`active server ${order.name}`);
  const cancelled = asked.testbed.fleet.act(order, 'delete');
  return said('delete_server_response', `Server ${order.name} removed.`, {
    cancel_messages: [`${order.name} is being shut down.`, 'The order was cancelled.'],
    about_order: orderView(asked, cancelled),
  });
}

/** What each wished state asks of a server that is in another; one that is there already is left alone. */
const actions: Readonly<Record<string, readonly [Action, Instance['state'] | null]>> = {
  RUNNING: ['start', 'running'],
  NOTRUNNING: ['stop', 'stopped'],
  RESTARTING: ['reboot', null],
  POWERCYCLING: ['hard-reboot', null],
};

function changeState(asked: Asked): Said {
  const { running_state: wanted } = readRoot(RunningState, asked.request.body);
  const order = orderOf(asked);
  const [action, already] = (Object.hasOwn(actions, wanted) ? actions[wanted] : undefined) ?? [];
  if (action === undefined) throw invalid(`'${wanted}' is no running state.`);
  const changed = order.state === already ? order : asked.testbed.fleet.act(order, action);
  return said('put_running_state_response', `${order.name}: ${wanted}.`, {
    is_restarted: already === null,
    is_pinging: false,
    running_vps_info: vpsInfo(asked, changed),
    about_order: orderView(asked, changed),
    running_state_messages: null,
  });
}

/** What is not given stays as it is. A server that runs is restarted. */
function resize(asked: Asked): Said {
  const { cloud, testbed } = asked;
  const wish = readRoot(Parameters, asked.request.body);
  const order = orderOf(asked);
  const now = parametersOf(asked, order);
  const size = sizeWith(cloud, order.region, wish.memory_mb ?? now.memory_mb, wish.disk_space_mb ?? now.disk_space_mb);
  if (!size) throw invalid('The server cannot have so much memory or disk.');
  const changes = size.name !== order.size;
  const changed = changes ? testbed.fleet.resize(order, size.name) : order;
  return said('put_running_vps_data_response', changes ? 'Resource change completed.' : 'No resources were changed.', {
    resource_change_result: {
      original_pricing: priceOf(asked, order).monthly_recurring_amt,
      new_pricing: priceOf(asked, { ...order, size: size.name }).monthly_recurring_amt,
      resource_change_messages: changes ? [`Restarting ${order.name} so the change can occur.`] : [],
      were_resources_changed: changes,
    },
    resource_change_request: wish,
    about_order: orderView(asked, changed),
  });
}

/** The server there is: one whose order has been cancelled and that is gone is not. */
function orderOf(asked: Asked): Instance {
  const order = anyOrderOf(asked);
  if (order.state === 'terminated') throw notFound(`active server ${order.name}`);
  return order;
}

/** @throws RimuError 404 */
export function anyOrderOf(asked: Asked): Instance {
  const order = instanceOfOrder(asked.cloud, asked.params.order ?? '');
  if (!order) throw notFound(`order '${asked.params.order ?? ''}'`);
  return settled(asked, order);
}

/** A change of resources is not for its owner to confirm. */
export function settled({ testbed: { fleet } }: Pick<Asked, 'testbed'>, order: Instance): Instance {
  if (order.state !== 'resized') return order;
  fleet.confirmResize(order);
  return fleet.get(order.id) ?? order;
}
