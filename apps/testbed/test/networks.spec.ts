import { rmSync } from 'node:fs';
import type { Xml } from './ec2-client.js';
import { Ec2Region, errorOf, itemsOf } from './ec2-region.js';
import { runTestbed, type RunningTestbed, temporaryDirectory, until } from './harness.js';
import { faultOf, OpenStackRegion } from './openstack-region.js';

interface SeenInterface {
  readonly id: string;
  readonly machine: string | null;
}
interface Seen {
  readonly id: string;
  readonly interfaces: readonly SeenInterface[];
}

let testbed: RunningTestbed;
beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['aws', 'campus'] });
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

const seen = async (id: string): Promise<Seen | undefined> =>
  (await testbed.http.get<Seen[]>('/control/networks')).data.find((network) => network.id === id);

describe('EC2 networks', () => {
  const zone = 'eu-west-3a';
  let ec2: Ec2Region;
  beforeAll(async () => {
    ec2 = new Ec2Region(await testbed.account('aws'), 'eu-west-3');
  });

  const tagged = (type: string, key: string, value: string): Record<string, string> => ({
    'TagSpecification.1.ResourceType': type,
    'TagSpecification.1.Tag.1.Key': key,
    'TagSpecification.1.Tag.1.Value': value,
  });

  const filter = (name: string, value: string) => ({ 'Filter.1.Name': name, 'Filter.1.Value.1': value });

  const vpc = async (CidrBlock = '10.1.0.0/16'): Promise<string> => (await ec2.do('CreateVpc', { CidrBlock })).vpc!.vpcId!;
  const subnet = async (VpcId: string, CidrBlock = '10.1.1.0/24', AvailabilityZone = zone): Promise<string> =>
    (await ec2.do('CreateSubnet', { VpcId, CidrBlock, AvailabilityZone })).subnet!.subnetId!;
  const added = async (SubnetId: string, parameters: Record<string, string> = {}): Promise<string> =>
    (await ec2.do('CreateNetworkInterface', { SubnetId, ...parameters })).networkInterface!.networkInterfaceId!;

  const shown = async (id: string): Promise<Xml> =>
    itemsOf((await ec2.do('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': id })).networkInterfaceSet)[0]!;
  const withAttachment = (id: string, status: string | undefined): Promise<Xml> =>
    until(
      () => shown(id),
      ({ attachment }) => attachment?.status === status,
    );

  it('are made, joined by machines, left and deleted', async () => {
    const created = await ec2.do('CreateVpc', { CidrBlock: '10.1.0.9/16', ...tagged('vpc', 'agency', 'n1') });
    expect(created.vpc).toMatchObject({ state: 'pending', cidrBlock: '10.1.0.0/16', isDefault: 'false' });
    const VpcId = created.vpc!.vpcId!;
    await until(
      () => ec2.do('DescribeVpcs', filter('tag:agency', 'n1')),
      ({ vpcSet }) => itemsOf(vpcSet)[0]?.state === 'available',
    );
    const SubnetId = await subnet(VpcId);
    const [shownSubnet] = itemsOf((await ec2.do('DescribeSubnets', filter('vpc-id', VpcId))).subnetSet);
    expect(shownSubnet).toMatchObject({ subnetId: SubnetId, availabilityZone: zone, availableIpAddressCount: '251' });
    expect(errorOf(await ec2.call('DeleteVpc', { VpcId }))).toEqual([400, 'DependencyViolation']);

    const instance = (await ec2.run(zone)).instanceId!;
    const made = await ec2.do('CreateNetworkInterface', {
      SubnetId,
      Description: 'shop',
      ...tagged('network-interface', 'a', 'b'),
    });
    expect(made.networkInterface).toMatchObject({
      status: 'available',
      vpcId: VpcId,
      subnetId: SubnetId,
      availabilityZone: zone,
      privateIpAddress: '10.1.1.4',
      description: 'shop',
      macAddress: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/) as string,
    });
    const NetworkInterfaceId = made.networkInterface!.networkInterfaceId!;
    const { attachmentId } = await ec2.do('AttachNetworkInterface', {
      NetworkInterfaceId,
      InstanceId: instance,
      DeviceIndex: '1',
    });
    expect(await withAttachment(NetworkInterfaceId, 'attached')).toMatchObject({
      status: 'in-use',
      attachment: { attachmentId, instanceId: instance, deviceIndex: '1' },
    });
    const all = await ec2.do('DescribeNetworkInterfaces', filter('attachment.instance-id', instance));
    expect(itemsOf(all.networkInterfaceSet).map(({ attachment }) => attachment?.deviceIndex)).toEqual(['0', '1']);
    expect(itemsOf((await ec2.instance(instance)).networkInterfaceSet)).toMatchObject([
      { attachment: { deviceIndex: '0' } },
      { networkInterfaceId: NetworkInterfaceId, privateIpAddress: '10.1.1.4', attachment: { deviceIndex: '1' } },
    ]);
    expect(await seen(VpcId)).toMatchObject({
      cloud: 'aws',
      range: '10.1.0.0/16',
      tags: { agency: 'n1' },
      subnets: [{ id: SubnetId, zone }],
      interfaces: [{ id: NetworkInterfaceId, machine: instance, index: 1, address: '10.1.1.4' }],
    });

    expect(errorOf(await ec2.call('DeleteNetworkInterface', { NetworkInterfaceId }))).toEqual([400, 'InvalidParameterValue']);
    expect(errorOf(await ec2.call('DeleteSubnet', { SubnetId }))).toEqual([400, 'DependencyViolation']);
    await ec2.do('DetachNetworkInterface', { AttachmentId: attachmentId!, Force: 'true' });
    expect(await withAttachment(NetworkInterfaceId, undefined)).toMatchObject({ status: 'available' });
    await ec2.do('DeleteNetworkInterface', { NetworkInterfaceId });
    await ec2.do('DeleteSubnet', { SubnetId });
    await ec2.do('DeleteVpc', { VpcId });
    for (const [action, parameters, code] of [
      ['DescribeVpcs', { 'VpcId.1': VpcId }, 'InvalidVpcID.NotFound'],
      ['DescribeSubnets', { 'SubnetId.1': SubnetId }, 'InvalidSubnetID.NotFound'],
      ['DeleteNetworkInterface', { NetworkInterfaceId }, 'InvalidNetworkInterfaceID.NotFound'],
      ['DetachNetworkInterface', { AttachmentId: attachmentId! }, 'InvalidAttachmentID.NotFound'],
    ] as const) {
      expect(errorOf(await ec2.call(action, parameters))).toEqual([400, code]);
    }
  });

  it('come one with every region, which stays', async () => {
    const [own] = itemsOf((await ec2.do('DescribeVpcs', filter('is-default', 'true'))).vpcSet);
    expect(errorOf(await ec2.call('DeleteVpc', { VpcId: own!.vpcId! }))).toEqual([400, 'DependencyViolation']);
    const { vpcId } = await ec2.run(zone);
    expect(vpcId).toBe(own!.vpcId);
  });

  it('keep their interfaces when a machine is terminated', async () => {
    const id = await added(await subnet(await vpc()));
    const instance = (await ec2.run(zone)).instanceId!;
    await ec2.do('AttachNetworkInterface', { NetworkInterfaceId: id, InstanceId: instance, DeviceIndex: '1' });
    await ec2.do('TerminateInstances', { 'InstanceId.1': instance });
    await ec2.inState(instance, 'terminated');
    expect(await shown(id)).toMatchObject({ status: 'available' });
  });

  it('have interfaces that are made once for a client token, at the address asked for', async () => {
    const own = await subnet(await vpc());
    const wish = { ClientToken: 'interface-1', PrivateIpAddress: '10.1.1.77' };
    const id = await added(own, wish);
    expect(await added(own, wish)).toBe(id);
    expect(await shown(id)).toMatchObject({ privateIpAddress: '10.1.1.77' });
    const make = async (parameters: Record<string, string>) =>
      errorOf(await ec2.call('CreateNetworkInterface', { SubnetId: own, ...parameters }));
    expect(await make({ ClientToken: 'interface-1' })).toEqual([400, 'IdempotentParameterMismatch']);
    expect(await make({ PrivateIpAddress: '10.1.1.77' })).toEqual([400, 'InvalidIPAddress.InUse']);
    expect(await make({ PrivateIpAddress: '10.1.1.2' })).toEqual([400, 'InvalidParameterValue']);
    expect(await make({ PrivateIpAddress: '10.1.2.9' })).toEqual([400, 'InvalidParameterValue']);
    expect(await make({ SubnetId: 'subnet-0' })).toEqual([400, 'InvalidSubnetID.NotFound']);
    await ec2.do('CreateTags', { 'ResourceId.1': id, 'ResourceId.2': own, 'Tag.1.Key': 'late', 'Tag.1.Value': 'yes' });
    const found = await ec2.do('DescribeNetworkInterfaces', filter('tag:late', 'yes'));
    expect(itemsOf(found.networkInterfaceSet).map(({ networkInterfaceId }) => networkInterfaceId)).toEqual([id]);
  });

  it('are joined in the zone of the machine, at an index that is free', async () => {
    const own = await vpc();
    const [near, far] = [await added(await subnet(own)), await added(await subnet(own, '10.1.2.0/24', 'eu-west-3b'))];
    const other = await added(await subnet(await vpc('10.2.0.0/16'), '10.2.1.0/24'));
    const instance = (await ec2.run(zone)).instanceId!;
    const attach = (NetworkInterfaceId: string, DeviceIndex = '1') =>
      ec2.call('AttachNetworkInterface', { NetworkInterfaceId, InstanceId: instance, DeviceIndex });
    expect(errorOf(await attach(far))).toEqual([400, 'InvalidParameterCombination']);
    expect(errorOf(await attach(near, '0'))).toEqual([400, 'InvalidParameterValue']);
    expect((await attach(near)).status).toBe(200);
    expect(errorOf(await attach(near, '2'))).toEqual([400, 'InvalidNetworkInterface.InUse']);
    expect(errorOf(await attach(other))).toEqual([400, 'InvalidParameterValue']);
    expect((await attach(other, '2')).status).toBe(200);
    const { attachment } = itemsOf((await ec2.instance(instance)).networkInterfaceSet)[0]!;
    expect(errorOf(await ec2.call('DetachNetworkInterface', { AttachmentId: attachment!.attachmentId! }))).toEqual([
      400,
      'OperationNotPermitted',
    ]);
  });

  it.each([
    ['CreateVpc', { CidrBlock: 'everything' }, 'InvalidParameterValue'],
    ['CreateVpc', { CidrBlock: '10.0.0.0/8' }, 'InvalidVpc.Range'],
    ['CreateSubnet', { VpcId: 'vpc-0', CidrBlock: '10.1.0.0/24' }, 'InvalidVpcID.NotFound'],
    ['DeleteSubnet', { SubnetId: 'subnet-0' }, 'InvalidSubnetID.NotFound'],
    ['CreateTags', { 'ResourceId.1': 'rope-1', 'Tag.1.Key': 'a' }, 'InvalidID'],
  ])('%s refuses %j', async (action, parameters, code) => {
    expect(errorOf(await ec2.call(action, parameters as Record<string, string>))).toEqual([400, code]);
  });

  it('have subnets within their range that do not overlap', async () => {
    const own = await vpc();
    await subnet(own);
    const make = async (CidrBlock: string) => errorOf(await ec2.call('CreateSubnet', { VpcId: own, CidrBlock }));
    expect(await make('10.1.1.128/25')).toEqual([400, 'InvalidSubnet.Conflict']);
    expect(await make('10.2.1.0/24')).toEqual([400, 'InvalidSubnet.Range']);
  });

  it('are refused when there are enough', async () => {
    await testbed.fault({ cloud: 'aws', region: 'eu-west-3', fault: 'quota' });
    expect(errorOf(await ec2.call('CreateVpc', { CidrBlock: '10.1.0.0/16' }))).toEqual([400, 'VpcLimitExceeded']);
  });
});

describe('OpenStack networks', () => {
  let cloud: OpenStackRegion;
  beforeAll(async () => {
    cloud = await OpenStackRegion.open(await testbed.account('campus'), 'eu-west');
  });

  interface Made {
    readonly id: string;
    readonly [field: string]: unknown;
  }
  const make = async (kind: 'network' | 'subnet' | 'port', fields: Record<string, unknown>): Promise<Made> => {
    const { status, data } = await cloud.neutron.post<Record<string, Made>>(`/v2.0/${kind}s`, { [kind]: fields });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(data)}`);
    return data[kind]!;
  };
  const refused = async (kind: string, fields: Record<string, unknown>): Promise<[number, string]> => {
    const { status, data } = await cloud.neutron.post<{ NeutronError: { type: string } }>(`/v2.0/${kind}s`, { [kind]: fields });
    return [status, data.NeutronError.type];
  };
  const remove = async (path: string): Promise<[number, string?]> => {
    const { status, data } = await cloud.neutron.delete<{ NeutronError?: { type: string } }>(`/v2.0/${path}`);
    return status === 204 ? [status] : [status, data.NeutronError?.type ?? ''];
  };
  const find = async (collection: 'networks' | 'subnets' | 'ports', params: Record<string, string>): Promise<string[]> =>
    (await cloud.neutron.get<Record<string, Made[]>>(`/v2.0/${collection}`, { params })).data[collection]!.map(({ id }) => id);

  interface Joined {
    readonly port_id: string;
    readonly port_state: string;
    readonly fixed_ips: readonly { readonly ip_address: string }[];
  }
  const join = (server: string, wish: Record<string, unknown>) =>
    cloud.nova.post<{ interfaceAttachment: Joined }>(`/servers/${server}/os-interface`, { interfaceAttachment: wish });
  const isActive = (server: string, port: string) =>
    until(
      async () => (await cloud.nova.get<{ interfaceAttachment: Joined }>(`/servers/${server}/os-interface/${port}`)).data,
      ({ interfaceAttachment }) => interfaceAttachment.port_state === 'ACTIVE',
    );

  it('are made, joined by servers, left and deleted', async () => {
    const network = await make('network', { name: 'shop', description: 'n1' });
    expect(network).toMatchObject({ name: 'shop', status: 'ACTIVE', shared: false, subnets: [], tags: [] });
    const subnet = await make('subnet', { network_id: network.id, cidr: '10.9.0.0/24', ip_version: 4 });
    expect(subnet).toMatchObject({ gateway_ip: '10.9.0.1', allocation_pools: [{ start: '10.9.0.2', end: '10.9.0.254' }] });
    const server = await cloud.boot('eu-west-1');

    const { status, data } = await join(server.id, { net_id: network.id });
    expect([status, data.interfaceAttachment]).toMatchObject([
      200,
      { net_id: network.id, fixed_ips: [{ ip_address: '10.9.0.2', subnet_id: subnet.id }] },
    ]);
    const port = data.interfaceAttachment.port_id;
    await isActive(server.id, port);
    const { addresses } = await cloud.server(server.id);
    expect([addresses.private, addresses.shop]).toMatchObject([server.addresses.private, [{ addr: '10.9.0.2' }]]);
    expect(await find('ports', { device_id: server.id, network_id: network.id })).toEqual([port]);
    expect(await find('ports', { device_id: server.id })).toHaveLength(2);
    expect((await cloud.nova.get(`/servers/${server.id}/os-interface`)).data).toMatchObject({
      interfaceAttachments: [{ port_state: 'ACTIVE' }, { port_id: port }],
    });
    expect(await seen(network.id)).toMatchObject({
      cloud: 'campus',
      description: 'n1',
      interfaces: [{ id: port, machine: server.id, address: '10.9.0.2' }],
    });

    expect(await remove(`networks/${network.id}`)).toEqual([409, 'NetworkInUse']);
    expect(await remove(`subnets/${subnet.id}`)).toEqual([409, 'SubnetInUse']);
    expect((await cloud.nova.delete(`/servers/${server.id}/os-interface/${port}`)).status).toBe(202);
    await until(
      () => find('ports', { id: port }),
      (ids) => ids.length === 0,
    );
    expect(await remove(`networks/${network.id}`)).toEqual([204]);
    expect(await remove(`networks/${network.id}`)).toEqual([404, 'NetworkNotFound']);
    expect(await find('subnets', { network_id: network.id })).toEqual([]);
  });

  it('keep the ports that a client made when a server is deleted, and lose those that Nova made', async () => {
    const network = await make('network', { name: 'kept' });
    await make('subnet', { network_id: network.id, cidr: '10.9.0.0/24', ip_version: 4, gateway_ip: null });
    const own = await make('port', {
      network_id: network.id,
      name: 'own',
      fixed_ips: [{ ip_address: '10.9.0.9' }],
      tags: ['p1'],
    });
    expect(own).toMatchObject({ status: 'DOWN', device_id: '', fixed_ips: [{ ip_address: '10.9.0.9' }], tags: ['p1'] });
    const { id } = await cloud.boot('eu-west-1');
    await join(id, { port_id: own.id });
    await join(id, { net_id: network.id, fixed_ips: [{ ip_address: '10.9.0.10' }] });
    expect(await find('ports', { network_id: network.id })).toHaveLength(2);
    await cloud.nova.delete(`/servers/${id}`);
    await until(
      () => find('ports', { network_id: network.id }),
      (ids) => ids.length === 1,
    );
    expect(await find('ports', { network_id: network.id, device_id: '' })).toEqual([own.id]);
    expect(await remove(`ports/${own.id}`)).toEqual([204]);
  });

  it('are found by name and tags', async () => {
    const [one, other] = [await make('network', { name: 'twin' }), await make('network', { name: 'twin' })];
    expect((await cloud.neutron.put(`/v2.0/networks/${one.id}/tags`, { tags: ['agency', 'n1'] })).status).toBe(200);
    expect((await cloud.neutron.put(`/v2.0/networks/${other.id}/tags/agency`)).status).toBe(201);
    expect((await find('networks', { name: 'twin' })).sort()).toEqual([one.id, other.id].sort());
    expect(await find('networks', { tags: 'agency,n1' })).toEqual([one.id]);
    expect(await find('networks', { tags: 'agency' })).toHaveLength(2);
    expect(await find('networks', { id: other.id })).toEqual([other.id]);
  });

  it('include `private`, which stays as it is', async () => {
    const [own] = await find('networks', { name: 'private' });
    expect(await remove(`networks/${own!}`)).toEqual([409, 'NetworkInUse']);
    expect(await refused('port', { network_id: own })).toEqual([409, 'IpAddressGenerationFailure']);
    const { id } = await cloud.boot('eu-west-1');
    const [port] = await find('ports', { device_id: id });
    expect(await remove(`ports/${port!}`)).toEqual([409, 'PortInUse']);
    expect(faultOf(await cloud.nova.delete(`/servers/${id}/os-interface/${port!}`))).toEqual([409, 'conflictingRequest']);
  });

  it('are joined by what there is, at addresses that are free', async () => {
    const bare = await make('network', { name: 'bare' });
    const network = await make('network', { name: 'small' });
    await make('subnet', { network_id: network.id, cidr: '10.9.0.0/30', ip_version: 4 });
    const port = await make('port', { network_id: network.id });
    const { id } = await cloud.boot('eu-west-1');
    const joining = async (wish: Record<string, unknown>) => faultOf(await join(id, wish));
    expect(await joining({ net_id: 'none' })).toEqual([404, 'itemNotFound']);
    expect(await joining({ port_id: 'none' })).toEqual([404, 'itemNotFound']);
    expect(await joining({ net_id: network.id, port_id: port.id })).toEqual([400, 'badRequest']);
    expect(await joining({ net_id: bare.id })).toEqual([400, 'badRequest']);
    expect(await joining({ net_id: network.id })).toEqual([400, 'badRequest']);
    expect(await joining({ net_id: network.id, fixed_ips: [{ ip_address: '10.9.0.2' }] })).toEqual([409, 'conflictingRequest']);
    expect((await join(id, { port_id: port.id })).status).toBe(200);
    expect(await joining({ port_id: port.id })).toEqual([409, 'conflictingRequest']);
  });

  it('refuse what Neutron refuses', async () => {
    const { id } = await make('network', { name: 'strict' });
    await make('subnet', { network_id: id, cidr: '10.9.0.0/24', ip_version: 4 });
    expect(await refused('network', { name: 'x', tags: ['early'] })).toEqual([400, 'HTTPBadRequest']);
    expect(await refused('subnet', { network_id: id, cidr: '10.9.0.128/25' })).toEqual([400, 'InvalidInput']);
    expect(await refused('subnet', { network_id: id, cidr: '10.8.0.1/24' })).toEqual([400, 'HTTPBadRequest']);
    expect(await refused('subnet', { network_id: 'none', cidr: '10.8.0.0/24' })).toEqual([404, 'NetworkNotFound']);
    expect(await refused('port', { network_id: id, fixed_ips: [{ ip_address: '10.8.0.4' }] })).toEqual([
      400,
      'InvalidIpForSubnet',
    ]);
    await testbed.fault({ cloud: 'campus', region: 'eu-west', fault: 'quota' });
    expect(await refused('network', { name: 'x' })).toEqual([409, 'OverQuota']);
  });
});

it('networks survive a restart, and what was under way goes on', async () => {
  const directory = temporaryDirectory();
  let running = await runTestbed({ directory, clouds: ['aws'] });
  const open = async () => new Ec2Region(await running.account('aws'), 'eu-west-3');
  const before = await open();
  const VpcId = (await before.do('CreateVpc', { CidrBlock: '10.1.0.0/16' })).vpc!.vpcId!;
  const SubnetId = (await before.do('CreateSubnet', { VpcId, CidrBlock: '10.1.1.0/24', AvailabilityZone: 'eu-west-3a' })).subnet!
    .subnetId!;
  const { networkInterface } = await before.do('CreateNetworkInterface', { SubnetId });
  const NetworkInterfaceId = networkInterface!.networkInterfaceId!;
  const InstanceId = (await before.run('eu-west-3a')).instanceId!;
  await before.do('AttachNetworkInterface', { NetworkInterfaceId, InstanceId, DeviceIndex: '1' });
  await running.stop();
  running = await runTestbed({ directory, clouds: ['aws'] });
  try {
    const after = await open();
    await until(
      () => after.do('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': NetworkInterfaceId }),
      ({ networkInterfaceSet }) => itemsOf(networkInterfaceSet)[0]?.attachment?.status === 'attached',
    );
    expect(itemsOf((await after.instance(InstanceId)).networkInterfaceSet)).toHaveLength(2);
  } finally {
    await running.stop();
    rmSync(directory, { recursive: true });
  }
});
