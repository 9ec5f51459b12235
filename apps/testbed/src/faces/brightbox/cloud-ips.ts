import { Type } from '@sinclair/typebox';
import type { PublicAddress } from '../../cloud/public-addresses.js';
import { inWords } from '../../cloud/refusal.js';
import { type Api, type Call, type Handler, readBody } from './api.js';
import { conflict, invalid, notFound, words } from './errors.js';
import { newId, resourceOf } from './resource.js';
import { interfaceIdOf, interfaceView, serverReference } from './server-view.js';

/** How many an account may have. */
export const mostCloudIps = 20;

/** Cloud IPs: public addresses that are mapped to the interface of a server. */
export function serveCloudIps(api: Api): void {
  api.route('GET', '/cloud_ips', (call) => ({ body: cloudIps(call).map((own) => view(call, own)) }));
  api.route('POST', '/cloud_ips', createCloudIp);
  api.route('GET', '/cloud_ips/:id', (call) => ({ body: view(call, find(call)) }));
  api.route('DELETE', '/cloud_ips/:id', deleteCloudIp);
  api.route('POST', '/cloud_ips/:id/map', mapCloudIp);
  api.route('POST', '/cloud_ips/:id/unmap', unmapCloudIp);
}

export const cloudIps = ({ testbed, cloud, region }: Call): PublicAddress[] =>
  testbed.publicAddresses.in({ cloud: cloud.name, region: region.region });

/** @throws BrightboxError 403 */
export function takeCloudIp(call: Call, name: string): PublicAddress {
  const id = newId(call, 'cloud_ip', (taken) => cloudIps(call).some((own) => own.id === taken));
  const order = { id, cloud: call.cloud.name, region: call.region.region, description: name, labels: {} };
  return inWords(words, () => call.testbed.publicAddresses.take(order, mostCloudIps));
}

const Wish = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 255 })),
  reverse_dns: Type.Optional(Type.Union([Type.Null(), Type.String()])),
});

const createCloudIp: Handler = (call) => {
  const { name = '' } = readBody(Wish, call);
  return { status: 201, body: view(call, takeCloudIp(call, name)) };
};

const deleteCloudIp: Handler = (call) => {
  const own = find(call);
  if (own.holder) throw conflict(`Cloud IP ${own.id} is mapped`);
  call.testbed.publicAddresses.giveBack(own);
  return { body: view(call, own) };
};

const Destination = Type.Object({ destination: Type.String() });

/** To a server, or to an interface. */
const mapCloudIp: Handler = (call) => {
  const own = find(call);
  const { destination } = readBody(Destination, call);
  const server = call.cloud
    .instances(call.region.region)
    .find((candidate) => candidate.id === destination || interfaceIdOf(candidate) === destination);
  if (!server || server.state === 'terminated') throw invalid('destination: nothing that a cloud IP could be mapped to');
  if (own.holder) throw conflict(`Cloud IP ${own.id} is mapped`);
  const mapped = inWords(words, () => call.testbed.publicAddresses.assign(own, server, call.testbed.ids.next()));
  return { status: 202, body: view(call, mapped) };
};

const unmapCloudIp: Handler = (call) => {
  const own = find(call);
  if (!own.holder) throw conflict(`Cloud IP ${own.id} is not mapped`);
  return { status: 202, body: view(call, call.testbed.publicAddresses.unassign(own)) };
};

function find(call: Call): PublicAddress {
  const own = cloudIps(call).find(({ id }) => id === call.id);
  if (!own) throw notFound();
  return own;
}

function view(call: Call, { id, address, description: name, holder }: PublicAddress) {
  const server = call.testbed.fleet.get(holder?.instance ?? '');
  return {
    ...resourceOf(call, 'cloud_ip', id),
    status: server ? 'mapped' : 'unmapped',
    public_ip: address,
    public_ipv4: address,
    public_ipv6: null,
    fqdn: `${id}.${call.region.region}.brightbox.com`,
    reverse_dns: null,
    port_translators: [],
    name,
    mode: 'nat',
    interface: server ? interfaceView(call, server) : null,
    server: server ? serverReference(call, server) : null,
    load_balancer: null,
    server_group: null,
    database_server: null,
  };
}
