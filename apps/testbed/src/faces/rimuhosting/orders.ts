import { type Static, Type } from '@sinclair/typebox';
import type { RegionProfile } from '../../catalogue/profile.js';
import type { Size } from '../../catalogue/size.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Instance } from '../../cloud/instance.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { isDistro, memoryMbOf, sizeWith, usualDistro } from './catalogue.js';
import { readSegment } from './places.js';
import { readRoot } from './reading.js';
import { invalid, notFound, said } from './rimuhosting.js';
import { isActive, labelsOf, orderView, vpsInfo } from './views.js';
import { anyOrderOf, settled } from './vps.js';

const NewVps = Type.Object({
  dc_location: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  pricing_plan_code: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  instantiation_options: Type.Object({
    domain_name: Type.String({ pattern: '^(?=.{1,255}$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))+$' }),
    distro: Type.Optional(Type.String()),
    password: Type.Optional(Type.String({ minLength: 8 })),
    control_panel: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    cloud_config_data: Type.Optional(Type.String()),
  }),
  vps_parameters: Type.Optional(
    Type.Object({
      memory_mb: Type.Optional(Type.Integer({ minimum: 100 })),
      disk_space_mb: Type.Optional(Type.Integer({ minimum: 1024 })),
    }),
  ),
  file_injection_data: Type.Optional(
    Type.Array(Type.Object({ path: Type.String({ pattern: '^/' }), data_as_string: Type.String() })),
  ),
  meta_data: Type.Optional(Type.Array(Type.Object({ key_name: Type.String({ minLength: 1 }), value: Type.String() }))),
});

export function serveOrders(routes: CloudRoutes): void {
  routes.add('POST', '/r/orders/new-vps', create);
  routes.add('GET', '/r/orders/:order', (asked) => {
    const order = anyOrderOf(asked);
    return said('get_order_response', `Information about ${order.name}`, { about_order: orderView(asked, order) });
  });
}

/** `include_inactive`, `server_type`, `dc_location`, `order_oids` (with commas) and `meta_search` (`key:value key:value`) choose among them. */
export function listOrders(asked: Asked): Said {
  const { matrix } = readSegment(asked.params.collection ?? '');
  const orders = chosenBy(matrix, asked).map((order) => orderView(asked, order));
  return said('get_orders_response', `Found ${orders.length} orders`, { about_orders: orders });
}

function chosenBy(matrix: ReadonlyMap<string, string>, asked: Asked): Instance[] {
  const { cloud } = asked;
  const [location, oids, meta] = ['dc_location', 'order_oids', 'meta_search'].map((name) => matrix.get(name));
  if ((matrix.get('server_type') ?? 'VPS') !== 'VPS') return [];
  return cloud.profile.regions
    .filter(({ region }) => location === undefined || region === location)
    .flatMap(({ region }) => cloud.instances(region))
    .map((order) => settled(asked, order))
    .filter((order) => matrix.get('include_inactive') === 'Y' || isActive(order))
    .filter(({ id }) => oids === undefined || oids.split(',').includes(id))
    .filter(({ labels }) => meta === undefined || hasAll(labels, meta));
}

function hasAll(labels: Instance['labels'], search: string): boolean {
  return search
    .split(' ')
    .filter((term) => term !== '')
    .every((term) => labels[term.slice(0, term.indexOf(':'))] === term.slice(term.indexOf(':') + 1));
}

/** The server is set up while its order can be seen already. */
function create(asked: Asked): Said {
  const { cloud, testbed } = asked;
  const wish = readRoot(NewVps, asked.request.body);
  const { domain_name: name, distro = usualDistro, password } = wish.instantiation_options;
  if (!isDistro(distro)) throw invalid(`'${distro}' is not one of the distros that we offer.`);
  const region = regionFor(cloud, wish.dc_location ?? undefined);
  const [order] = cloud.create({
    ids: [testbed.numbers.next()],
    region,
    zone: null,
    size: sizeFor(cloud, region, wish),
    image: distro,
    name,
    labels: labelsOf(wish.meta_data ?? []),
    keyName: null,
    userData: wish.instantiation_options.cloud_config_data,
    request: null,
  });
  if (!order) throw notFound('host server');
  return said('post_new_vps_response', null, {
    setup_messages: [`Setting up ${name}.`],
    about_order: orderView(asked, order),
    new_order_request: {
      ...wish,
      instantiation_options: { ...wish.instantiation_options, distro, password: password ?? `pw-${order.id}` },
    },
    running_vps_info: vpsInfo(asked, order),
  });
}

function regionFor(cloud: Cloud, location: string | undefined): RegionProfile {
  const region = location === undefined ? cloud.profile.regions[0] : cloud.region(location);
  if (!region) throw invalid(`'${location ?? ''}' is not one of the locations that we offer.`);
  return region;
}

/** Of the plan, the first without one; what the parameters say goes before what it has. */
function sizeFor(cloud: Cloud, { region }: RegionProfile, wish: Static<typeof NewVps>): Size {
  const code = wish.pricing_plan_code ?? cloud.sizes(region)[0]?.name ?? '';
  const plan = cloud.size(region, code);
  if (!plan) throw invalid(`There is no pricing plan '${code}' at this location.`);
  const { memory_mb: memory = memoryMbOf(plan), disk_space_mb: disk = (plan.diskGib ?? 0) * 1024 } = wish.vps_parameters ?? {};
  return sizeWith(cloud, region, memory, disk) ?? plan;
}
