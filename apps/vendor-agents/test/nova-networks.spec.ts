import type { NetworkDriver } from '../src/vendor/port.js';
import { fault, json, neutronError, notFound, RecordedOpenStack } from './recorded-openstack.js';
import { partsOf } from './recorded-cloud.js';

let cloud: RecordedOpenStack;
let networks: NetworkDriver;

beforeEach(async () => {
  cloud = await RecordedOpenStack.open();
  ({ networks } = partsOf(cloud.driver));
});
afterEach(() => cloud.close());

const region = 'RegionOne';
const base = '/network/v2.0';
const interfaces = '/compute/v2.1/servers/s-1/os-interface';
const port = (more: object = {}) => ({
  id: 'port-1',
  name: 'agency.interface-l-1',
  network_id: 'net-1',
  status: 'DOWN',
  device_id: '',
  mac_address: 'fa:16:3e:00:00:01',
  fixed_ips: [{ subnet_id: 'sub-1', ip_address: '10.7.0.5' }],
  ...more,
});
const given = port({ device_id: 's-1', device_owner: 'compute:nova' });

it('a cloud without Neutron says so, whatever is asked', async () => {
  cloud.catalog = { compute: '/compute/v2.1' };
  const asked = [
    () => networks.ensure({ name: 'inner', region, tags: {} }, 'n-1'),
    () => networks.join(region, 'net-1', 's-1', { token: 'l-1' }),
    () => networks.leave(region, 's-1', 'port-1'),
    () => networks.delete(region, 'net-1'),
  ];
  for (const ask of asked)
    await expect(ask()).rejects.toMatchObject({
      reason: 'invalid-request',
      message: 'this cloud has no networks of one’s own: its service catalog has no network in RegionOne',
    });
});

describe('a network', () => {
  const order = { name: 'inner', region, tags: { 'agency.installation': 'here', 'agency.link': 'x' } };
  let known: object[];
  let subnets: object[];

  beforeEach(() => {
    known = [{ id: 'net-0', name: 'inner-n-10' }];
    subnets = [];
    cloud.answers[`GET ${base}/networks`] = () => json({ networks: known });
    cloud.answers[`GET ${base}/subnets`] = () => json({ subnets });
    cloud.answers[`POST ${base}/networks`] = () => {
      known.push({ id: 'net-1', name: 'inner-n-1' });
      return json({ network: known.at(-1) }, 201);
    };
    cloud.answers[`POST ${base}/subnets`] = () => {
      subnets.push({ id: 'sub-1', network_id: 'net-1' });
      return json({ subnet: subnets.at(-1) }, 201);
    };
  });

  it('is made with one subnet, named with our token, and found again', async () => {
    await expect(networks.ensure({ ...order, range: '10.7.0.0/24', gateway: '10.7.0.1' }, 'n-1')).resolves.toEqual({
      vendorId: 'net-1',
    });
    await expect(networks.ensure(order, 'n-1')).resolves.toEqual({ vendorId: 'net-1' });
    expect(cloud.asked('POST', `${base}/networks`)).toHaveLength(1);
    expect(cloud.asked('POST', `${base}/subnets`)).toHaveLength(1);
    expect(cloud.sent('POST', `${base}/networks`)).toEqual({
      network: { name: 'inner-n-1', description: 'agency.installation=here agency.link=x', admin_state_up: true },
    });
    expect(cloud.sent('POST', `${base}/subnets`)).toEqual({
      subnet: {
        network_id: 'net-1',
        name: 'inner-n-1',
        ip_version: 4,
        cidr: '10.7.0.0/24',
        enable_dhcp: true,
        gateway_ip: '10.7.0.1',
      },
    });
    expect(cloud.asked('GET', `${base}/networks`)[0]?.url).toContain('?name=inner-n-1');
  });

  it('gets a range of its own, and no gateway, unless one is asked for', async () => {
    await networks.ensure(order, 'n-1');
    expect(cloud.sent('POST', `${base}/subnets`)).toMatchObject({
      subnet: { cidr: expect.stringMatching(/^10\.\d+\.0\.0\/16$/) as string, gateway_ip: null },
    });
  });

  it('that an earlier call left without a subnet gets it', async () => {
    known.push({ id: 'net-1', name: 'inner-n-1' });
    subnets.push({ id: 'sub-0', network_id: 'net-0' });
    await expect(networks.ensure(order, 'n-1')).resolves.toEqual({ vendorId: 'net-1' });
    expect(cloud.asked('POST', `${base}/networks`)).toEqual([]);
    expect(cloud.asked('POST', `${base}/subnets`)).toHaveLength(1);
  });

  it('is found on a later page', async () => {
    cloud.answers[`GET ${base}/networks`] = (seen) =>
      seen.url.includes('marker')
        ? json({ networks: [{ id: 'net-1', name: 'inner-n-1' }] })
        : json({
            networks: known,
            networks_links: [{ rel: 'next', href: `http://neutron.internal:9696${base}/networks?marker=net-0` }],
          });
    await expect(networks.ensure(order, 'n-1')).resolves.toEqual({ vendorId: 'net-1' });
    expect(cloud.asked('POST', `${base}/networks`)).toEqual([]);
  });

  it.each([
    ['networks', 'OverQuota', 409, "Quota exceeded for resources: ['network'].", 'quota'],
    ['networks', 'PolicyNotAuthorized', 403, '(rule:create_network) is disallowed by policy', 'forbidden'],
    ['subnets', 'InvalidInput', 400, "Invalid input for cidr. Reason: 'ten' is not a valid IP subnet.", 'invalid-request'],
    ['subnets', 'OverQuota', 409, "Quota exceeded for resources: ['subnet'].", 'quota'],
    ['networks', 'NoNetworkAvailable', 503, 'Unable to create the network.', 'unavailable'],
  ])('whose %s are refused with %s %i is refused: %s: %s', async (what, type, status, message, reason) => {
    cloud.answers[`POST ${base}/${what}`] = () => neutronError(type, status, message);
    await expect(networks.ensure(order, 'n-1')).rejects.toMatchObject({ reason, vendorCode: type, message });
    expect(cloud.asked('POST', `${base}/${what}`)).toHaveLength(1);
  });

  it('is not made where an answer is not the one asked for', async () => {
    cloud.answers[`POST ${base}/subnets`] = () => json({}, 201);
    await expect(networks.ensure(order, 'n-1')).rejects.toMatchObject({ reason: 'unknown' });
    cloud.answers[`POST ${base}/networks`] = () => json({ network: {} }, 201);
    known = [];
    await expect(networks.ensure(order, 'n-1')).rejects.toMatchObject({ reason: 'unknown' });
    cloud.answers[`GET ${base}/networks`] = () => json({});
    await expect(networks.ensure(order, 'n-1')).rejects.toMatchObject({ reason: 'unknown' });
  });
});

describe('joining', () => {
  let ports: object[];
  const join = (address?: string) =>
    networks.join(region, 'net-1', 's-1', { token: 'l-1', ...(address === undefined ? {} : { address }) });

  beforeEach(() => {
    ports = [port({ id: 'port-0', name: 'agency.interface-l-10' })];
    cloud.answers[`GET ${base}/ports`] = () => json({ ports });
    cloud.answers[`POST ${base}/ports`] = () => json({ port: port() }, 201);
    cloud.answers[`POST ${interfaces}`] = () => json({ interfaceAttachment: { port_id: 'port-1', port_state: 'DOWN' } });
  });

  it('makes a port and gives it to the machine', async () => {
    await expect(join()).resolves.toEqual({
      vendorId: 'port-1',
      mac: 'fa:16:3e:00:00:01',
      address: '10.7.0.5',
      state: 'building',
    });
    expect(cloud.sent('POST', `${base}/ports`)).toEqual({
      port: { network_id: 'net-1', name: 'agency.interface-l-1', admin_state_up: true },
    });
    expect(cloud.sent('POST', interfaces)).toEqual({ interfaceAttachment: { port_id: 'port-1' } });
    await join('10.7.0.9');
    expect(cloud.sent('POST', `${base}/ports`)).toMatchObject({ port: { fixed_ips: [{ ip_address: '10.7.0.9' }] } });
  });

  it.each([
    ['ACTIVE', 'active'],
    ['DOWN', 'building'],
    ['BUILD', 'building'],
    ['ERROR', 'error'],
    ['ENCHANTED', 'building'],
    [undefined, 'building'],
  ])('again, while it is %s, shows what was made', async (status, state) => {
    ports = [{ ...given, status, fixed_ips: [], mac_address: undefined }];
    await expect(join()).resolves.toEqual({ vendorId: 'port-1', mac: null, address: null, state });
    expect(cloud.asked('POST', '*').filter((seen) => !seen.url.endsWith('/auth/tokens'))).toEqual([]);
  });

  it('goes on with a port that an earlier call only made', async () => {
    ports = [port()];
    await expect(join()).resolves.toMatchObject({ vendorId: 'port-1', state: 'building' });
    expect(cloud.asked('POST', `${base}/ports`)).toEqual([]);
    expect(cloud.asked('POST', interfaces)).toHaveLength(1);
  });

  it('that Nova refuses since it is done is done', async () => {
    cloud.answers[`POST ${interfaces}`] = () => fault('badRequest', 400, 'Port port-1 is still in use.');
    cloud.answers[`GET ${base}/ports/port-1`] = () => json({ port: given });
    await expect(join()).resolves.toMatchObject({ vendorId: 'port-1', state: 'building' });
  });

  it('with another machine’s port is a conflict', async () => {
    ports = [port({ device_id: 's-2' })];
    await expect(join()).rejects.toMatchObject({ reason: 'conflict', message: 'port-1 is an interface of s-2' });
  });

  it.each([
    ['IpAddressInUse', 409, 'conflict'],
    ['IpAddressGenerationFailure', 409, 'no-capacity'],
    ['OverQuota', 409, 'quota'],
    ['InvalidIpForNetwork', 400, 'invalid-request'],
    ['NetworkNotFound', 404, 'not-found'],
  ])('refused with %s %i is %s', async (type, status, reason) => {
    cloud.answers[`POST ${base}/ports`] = () => neutronError(type, status);
    await expect(join()).rejects.toMatchObject({ reason, vendorCode: type });
  });

  it('to a machine that is unknown or in no state for it is refused', async () => {
    cloud.answers[`POST ${interfaces}`] = notFound;
    cloud.answers[`GET ${base}/ports/port-1`] = () => json({ port: port() });
    await expect(join()).rejects.toMatchObject({ reason: 'not-found' });
    cloud.answers[`POST ${interfaces}`] = () => fault('conflictingRequest', 409, "Cannot 'attach_interface' instance s-1");
    await expect(join()).rejects.toMatchObject({ reason: 'conflict' });
    cloud.answers[`POST ${base}/ports`] = () => json({}, 201);
    await expect(join()).rejects.toMatchObject({ reason: 'unknown' });
  });
});

describe('leaving', () => {
  const leave = (): Promise<void> => networks.leave(region, 's-1', 'port-1');

  beforeEach(() => {
    cloud.answers[`GET ${base}/ports/port-1`] = () => json({ port: given });
    cloud.answers[`DELETE ${base}/ports/port-1`] = () => ({ status: 204 });
    cloud.answers[`DELETE ${interfaces}/port-1`] = () => ({ status: 202 });
  });

  it('detaches, is under way meanwhile, and deletes', async () => {
    await expect(leave()).rejects.toMatchObject({ reason: 'conflict', passing: true, retryAfterMs: 2_000 });
    expect(cloud.asked('DELETE', `${base}/ports/port-1`)).toEqual([]);
    cloud.answers[`GET ${base}/ports/port-1`] = () => json({ port: port() });
    await expect(leave()).resolves.toBeUndefined();
    expect(cloud.asked('DELETE', `${base}/ports/port-1`)).toHaveLength(1);
  });

  it('again is done, and so is leaving with a machine that is gone', async () => {
    cloud.answers[`DELETE ${interfaces}/port-1`] = notFound;
    await expect(leave()).resolves.toBeUndefined();
    expect(cloud.asked('DELETE', `${base}/ports/port-1`)).toHaveLength(1);
    cloud.answers[`GET ${base}/ports/port-1`] = () => neutronError('PortNotFound', 404);
    await expect(leave()).resolves.toBeUndefined();
  });

  it('takes no other machine’s port, and tells what is refused', async () => {
    cloud.answers[`DELETE ${interfaces}/port-1`] = () => fault('conflictingRequest', 409, 'Instance s-1 is locked');
    await expect(leave()).rejects.toMatchObject({ reason: 'conflict', passing: false });
    cloud.answers[`GET ${base}/ports/port-1`] = () => json({ port: port({ device_id: 's-2' }) });
    await expect(leave()).resolves.toBeUndefined();
    expect(cloud.asked('DELETE', `${base}/ports/port-1`)).toEqual([]);
  });
});

describe('deleting a network', () => {
  let ports: object[];

  beforeEach(() => {
    ports = [port(), port({ id: 'port-dhcp', name: '', device_id: 'dhcp-1' }), port({ id: 'port-x', network_id: 'net-2' })];
    cloud.answers[`GET ${base}/ports`] = () => json({ ports });
    cloud.answers[`DELETE ${base}/ports/port-1`] = () => ({ status: 204 });
    cloud.answers[`DELETE ${base}/networks/net-1`] = () => ({ status: 204 });
  });

  it('takes what machines left behind with it, and may be repeated', async () => {
    await networks.delete(region, 'net-1');
    expect(cloud.asked('DELETE', '*').map((seen) => seen.url)).toEqual([`${base}/ports/port-1`, `${base}/networks/net-1`]);
    ports = [];
    cloud.answers[`DELETE ${base}/networks/net-1`] = () => neutronError('NetworkNotFound', 404);
    await expect(networks.delete(region, 'net-1')).resolves.toBeUndefined();
  });

  it('with a machine in it is a conflict, and nothing is lost', async () => {
    ports.push(given);
    await expect(networks.delete(region, 'net-1')).rejects.toMatchObject({ reason: 'conflict' });
    expect(cloud.asked('DELETE', '*')).toEqual([]);
  });

  it('that something else is in is a conflict', async () => {
    cloud.answers[`DELETE ${base}/networks/net-1`] = () => neutronError('NetworkInUse', 409);
    await expect(networks.delete(region, 'net-1')).rejects.toMatchObject({ reason: 'conflict', vendorCode: 'NetworkInUse' });
  });
});
