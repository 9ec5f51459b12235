import type { AddressDriver } from '../src/vendor/port.js';
import { fault, json, neutronError, RecordedOpenStack } from './recorded-openstack.js';

let cloud: RecordedOpenStack;
let addresses: AddressDriver;

const region = 'RegionOne';
const floating = { id: 'f-1', floating_ip_address: '203.0.113.7', port_id: 'p-1', description: 'agency.address=t-1' };
const port = (id: string, more: object = {}) => ({ id, device_id: 's-1', fixed_ips: [{ ip_address: '10.0.0.5' }], ...more });

beforeEach(async () => {
  cloud = await RecordedOpenStack.open();
  addresses = cloud.driver.addresses!;
  cloud.answers['GET /network/v2.0/floatingips'] = () => json({ floatingips: [] });
  cloud.answers['GET /network/v2.0/ports'] = () => json({ ports: [port('p-1')] });
  cloud.answers['GET /network/v2.0/networks'] = () =>
    json({
      networks: [
        { id: 'n-1', 'router:external': false },
        { id: 'n-2', 'router:external': true },
      ],
    });
  cloud.answers['POST /network/v2.0/floatingips'] = () => json({ floatingip: floating }, 201);
});
afterEach(() => cloud.close());

describe('a public address', () => {
  it('is made of the external network, for the port of the machine, with our token in its description', async () => {
    expect(await addresses.assign(region, 's-1', 't-1')).toEqual({ vendorId: 'f-1', address: '203.0.113.7' });
    expect(cloud.sent('POST', '/network/v2.0/floatingips')).toEqual({
      floatingip: { floating_network_id: 'n-2', port_id: 'p-1', description: 'agency.address=t-1' },
    });
  });

  it('is found by its token, on a later page too, and by nothing like it', async () => {
    cloud.answers['GET /network/v2.0/floatingips'] = ({ url }) =>
      url.includes('marker')
        ? json({ floatingips: [floating] })
        : json({
            floatingips: [{ ...floating, id: 'f-0', description: 'agency.address=t-10' }],
            floatingips_links: [{ rel: 'next', href: 'http://10.0.0.1/network/v2.0/floatingips?marker=f-0' }],
          });
    expect(await addresses.assign(region, 's-1', 't-1')).toEqual({ vendorId: 'f-1', address: '203.0.113.7' });
    expect(cloud.asked('POST', '/network/v2.0/floatingips')).toEqual([]);
  });

  it('that something has taken from the machine goes back to it', async () => {
    cloud.answers['GET /network/v2.0/floatingips'] = () => json({ floatingips: [{ ...floating, port_id: null }] });
    cloud.answers['PUT /network/v2.0/floatingips/f-1'] = () => json({ floatingip: floating });
    await addresses.assign(region, 's-1', 't-1');
    expect(cloud.sent('PUT', '/network/v2.0/floatingips/f-1')).toEqual({ floatingip: { port_id: 'p-1' } });
  });

  it('stands for the port that Nova made, by IPv4', async () => {
    cloud.answers['GET /network/v2.0/ports'] = () =>
      json({
        ports: [
          port('p-0', { name: 'agency.interface-x' }),
          port('p-6', { fixed_ips: [{ ip_address: 'fd00::5' }] }),
          port('p-9', { device_id: 's-9' }),
          port('p-1'),
        ],
      });
    await addresses.assign(region, 's-1', 't-1');
    expect(cloud.sent('POST', '/network/v2.0/floatingips')).toMatchObject({ floatingip: { port_id: 'p-1' } });
  });

  it.each([
    ['the machine has no port yet', () => json({ ports: [] }), undefined, 'conflict'],
    ['the cloud has no external network', undefined, () => json({ networks: [] }), 'invalid-request'],
  ])('is not given while %s', async (_, ports, networks, reason) => {
    if (ports) cloud.answers['GET /network/v2.0/ports'] = ports;
    if (networks) cloud.answers['GET /network/v2.0/networks'] = networks;
    await expect(addresses.assign(region, 's-1', 't-1')).rejects.toMatchObject({ reason });
    expect(cloud.asked('POST', '/network/v2.0/floatingips')).toEqual([]);
  });

  it.each([
    ['OverQuota', neutronError('OverQuota', 409), 'quota'],
    ['none left', neutronError('IpAddressGenerationFailure', 409), 'no-capacity'],
    ['none left (newer)', neutronError('ExternalIpAddressExhausted', 400), 'no-capacity'],
    ['a policy', neutronError('PolicyNotAuthorized', 403), 'forbidden'],
    ['an answer without an address', json({ floatingip: { id: 'f-1' } }, 201), 'unknown'],
  ])('is refused for %s', async (_, answer, reason) => {
    cloud.answers['POST /network/v2.0/floatingips'] = () => answer;
    await expect(addresses.assign(region, 's-1', 't-1')).rejects.toMatchObject({ reason });
  });

  it('goes back to the cloud, and is gone when it is gone', async () => {
    cloud.answers['DELETE /network/v2.0/floatingips/f-1'] = () => json('', 204);
    await addresses.release(region, 'f-1');
    cloud.answers['DELETE /network/v2.0/floatingips/f-1'] = () => neutronError('FloatingIPNotFound', 404);
    await addresses.release(region, 'f-1');
    cloud.answers['DELETE /network/v2.0/floatingips/f-1'] = () => fault('forbidden', 403);
    await expect(addresses.release(region, 'f-1')).rejects.toMatchObject({ reason: 'forbidden' });
  });

  it('is not to be had where there is no Neutron', async () => {
    cloud.catalog = { compute: '/compute/v2.1' };
    await expect(addresses.assign(region, 's-1', 't-1')).rejects.toMatchObject({ reason: 'invalid-request' });
  });
});
