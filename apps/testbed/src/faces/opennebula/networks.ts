import { inWords } from '../../cloud/refusal.js';
import { type Method, numberAt, type OneCall, ownUser, placeOf, templateAt } from './call.js';
import { leasesIn, rangeAround, type Vnet, vnetMarkup, vnetsOf } from './network-view.js';
import { pageOf } from './pool.js';
import { clustersOf } from './provided.js';
import { scalarOf, type Template, vectorsOf } from './template.js';

export const networkMethods: Readonly<Record<string, Method>> = {
  'one.vnpool.info': (call) =>
    `<VNET_POOL>${pageOf(call, vnetsOf(call))
      .map((network) => vnetMarkup(call, network))
      .join('')}</VNET_POOL>`,
  'one.vn.info': (call) => vnetMarkup(call, require(call), leasesIn),
  'one.vn.allocate': allocate,
  'one.vn.delete': remove,
};

function require(call: OneCall): Vnet {
  const id = numberAt(call, 0);
  const network = vnetsOf(call).find((candidate) => candidate.id === id);
  if (!network) throw call.words.unknown('virtual network', id);
  return network;
}

function allocate(call: OneCall): number {
  const { words, testbed } = call;
  const template = templateAt(call, 0);
  const refuse = (message: string) => words.unallocated('virtual network', message);
  const name = scalarOf(template, 'NAME') ?? '';
  if (name === '') throw refuse('No NAME in template for Virtual Network.');
  checkDriver(call, template);
  checkCluster(call, numberAt(call, 1));
  const taken = vnetsOf(call).find((network) => network.name === name && network.user === ownUser);
  if (taken) throw refuse(`NAME is already taken by NET ${taken.id}.`);
  const place = placeOf(call);
  const range = addressRange(call, template);
  const id = testbed.numbers.next();
  const network = inWords({ quota: () => words.overQuota('limit reached for networks') }, () =>
    testbed.networks.create({ ...place, id, name, description: '', labels: attributesOf(template), range: null }),
  );
  if (range) {
    const gateway = scalarOf(template, 'GATEWAY') ?? null;
    const subnet = { ...place, id: testbed.numbers.next(), name, description: '', labels: {}, network: id, zone: null, gateway };
    testbed.networks.createSubnet({ ...subnet, range: range.cidr, reserved: range.reserved }, network);
  }
  return Number(id);
}

/** From 5.0 on a network names its driver; before, the bridge or device of the hosts that it stands on. */
function checkDriver({ release, words }: OneCall, template: Template): void {
  const named = release.isFrom(5, 0) ? ['VN_MAD'] : ['BRIDGE', 'PHYDEV'];
  if (!named.some((name) => scalarOf(template, name)))
    throw words.unallocated('virtual network', `No ${named.join(' or ')} in template for Virtual Network.`);
}

function checkCluster({ region, words }: OneCall, id: number): void {
  if (id > 0 && !clustersOf(region).some((cluster) => cluster.id === id)) throw words.unknown('cluster', id);
}

function addressRange({ words }: OneCall, template: Template): ReturnType<typeof rangeAround> {
  const [range] = vectorsOf(template, 'AR');
  if (!range) return null;
  if (range.TYPE !== 'IP4') throw words.unallocated('virtual network', `Unknown address range type: ${range.TYPE ?? ''}`);
  const around = rangeAround({ first: range.IP ?? '', count: Number(range.SIZE) });
  if (!around) throw words.unallocated('virtual network', 'Wrong IP or SIZE of the address range.');
  return around;
}

const attributesOf = (template: Template): Record<string, string> =>
  Object.fromEntries(
    template.flatMap(({ name, value }) => (name === 'NAME' || typeof value !== 'string' ? [] : [[name, value]])),
  );

function remove(call: OneCall): number {
  const { words, testbed } = call;
  const { id, user } = require(call);
  if (user !== ownUser) throw words.overQuota('Not authorized to perform MANAGE NET');
  const network = testbed.networks.get(placeOf(call), String(id));
  const inUse = () => words.wrong('Cannot delete virtual network. Can not remove a virtual network with leases in use');
  if (network)
    inWords({ 'in-use': inUse }, () => {
      testbed.networks.delete(network);
    });
  return id;
}
