import type { NetworkDriver, VendorDriver } from '../src/vendor/port.js';
import { actions, byAction, connected, error, response, sent } from './recorded-ec2.js';
import { partsOf, type Recorded, RecordedCloud } from './recorded-cloud.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let networks: NetworkDriver;
let answers: Record<string, (asked: URLSearchParams) => Recorded>;

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open((seen) => byAction(answers)(seen));
  driver = connected(cloud);
  ({ networks } = partsOf(driver));
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const region = 'eu-west-1';
const item = (content: string): string => `<item>${content}</item>`;
const set = (action: string, name: string, ...found: string[]): Recorded =>
  response(action, `<${name}>${found.map(item).join('')}</${name}>`);
const done = (action: string) => () => response(action, '<return>true</return>');

const vpcs = (...found: string[]): Recorded => set('DescribeVpcs', 'vpcSet', ...found);
const vpc = (range = '10.7.0.0/16'): string => `<vpcId>vpc-1</vpcId><state>available</state><cidrBlock>${range}</cidrBlock>`;
const subnets = (...found: string[]): Recorded => set('DescribeSubnets', 'subnetSet', ...found);
const subnet = (id: string, zone: string, range: string, free = '250'): string =>
  `<subnetId>${id}</subnetId><availabilityZone>${zone}</availabilityZone><cidrBlock>${range}</cidrBlock>` +
  (free && `<availableIpAddressCount>${free}</availableIpAddressCount>`);
const interfaces = (...found: string[]): Recorded => set('DescribeNetworkInterfaces', 'networkInterfaceSet', ...found);
const attachment = (status: string, machine = 'i-1'): string =>
  `<attachment><attachmentId>eni-attach-1</attachmentId><instanceId>${machine}</instanceId><deviceIndex>1</deviceIndex><status>${status}</status></attachment>`;
const ours = '<tagSet><item><key>agency.interface</key><value>l-1</value></item></tagSet>';
const eni = (more = ''): string =>
  `<networkInterfaceId>eni-1</networkInterfaceId><vpcId>vpc-1</vpcId><macAddress>02:11</macAddress><privateIpAddress>10.7.16.5</privateIpAddress>${ours}${more}`;
const machine = (zone: string, ...indices: number[]): Recorded =>
  response(
    'DescribeInstances',
    `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><placement><availabilityZone>${zone}</availabilityZone></placement>` +
      `<networkInterfaceSet>${indices.map((index) => item(`<attachment><deviceIndex>${index}</deviceIndex></attachment>`)).join('')}</networkInterfaceSet>` +
      '</item></instancesSet></item></reservationSet>',
  );

describe('a network', () => {
  const order = { name: 'inner', region, tags: { 'agency.installation': 'here' } };

  beforeEach(() => {
    answers.DescribeVpcs = () => vpcs();
    answers.CreateVpc = () => response('CreateVpc', `<vpc>${vpc()}</vpc>`);
  });

  it('is made with its token and tags, and found again', async () => {
    await expect(networks.ensure({ ...order, range: '10.7.0.0/16', gateway: '10.7.0.1' }, 'n-1')).resolves.toEqual({
      vendorId: 'vpc-1',
    });
    expect(sent(cloud, 'DescribeVpcs')).toMatchObject({ 'Filter.1.Name': 'tag:agency.network', 'Filter.1.Value.1': 'n-1' });
    expect(sent(cloud, 'CreateVpc')).toMatchObject({
      CidrBlock: '10.7.0.0/16',
      'TagSpecification.1.ResourceType': 'vpc',
      'TagSpecification.1.Tag.1.Value': 'inner',
      'TagSpecification.1.Tag.2.Key': 'agency.installation',
      'TagSpecification.1.Tag.3.Key': 'agency.network',
      'TagSpecification.1.Tag.3.Value': 'n-1',
    });
    answers.DescribeVpcs = (asked) =>
      asked.has('NextToken') ? vpcs(vpc()) : response('DescribeVpcs', '<vpcSet/><nextToken>page 2</nextToken>');
    await expect(networks.ensure(order, 'n-1')).resolves.toEqual({ vendorId: 'vpc-1' });
    expect(actions(cloud).filter((action) => action === 'CreateVpc')).toHaveLength(1);
  });

  it('gets the same range of its own whenever it is asked for', async () => {
    await networks.ensure(order, 'n-1');
    const range = sent(cloud, 'CreateVpc').CidrBlock;
    await networks.ensure(order, 'n-1');
    expect(range).toMatch(/^10\.\d+\.0\.0\/16$/);
    expect(sent(cloud, 'CreateVpc').CidrBlock).toBe(range);
  });

  it.each([
    [{ range: '10.7.0.0/16', gateway: '10.7.0.254' }, 'here the gateway of 10.7.0.0/16 is 10.7.0.1'],
    [{ range: 'ten' }, 'is not a range of IPv4 addresses'],
  ])('of %j is refused without asking the cloud for it', async (wish, message) => {
    const refused = networks.ensure({ ...order, ...wish }, 'n-1');
    await expect(refused).rejects.toMatchObject({ reason: 'invalid-request' });
    await expect(refused).rejects.toThrow(message);
    expect(actions(cloud)).toEqual(['DescribeVpcs']);
  });

  it.each([
    ['VpcLimitExceeded', 400, 'quota'],
    ['InvalidVpcRange', 400, 'invalid-request'],
    ['UnauthorizedOperation', 403, 'forbidden'],
    ['InternalError', 500, 'unavailable'],
  ])('refused with %s %i is %s, and not asked for again', async (code, status, reason) => {
    answers.CreateVpc = () => error(code, status);
    await expect(networks.ensure(order, 'n-1')).rejects.toMatchObject({ reason, vendorCode: code });
    expect(actions(cloud)).toEqual(['DescribeVpcs', 'CreateVpc']);
  });

  it('without an id in the answer is a failure', async () => {
    answers.CreateVpc = () => response('CreateVpc', '<vpc/>');
    await expect(networks.ensure(order, 'n-1')).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('joining', () => {
  const join = (address?: string) =>
    networks.join(region, 'vpc-1', 'i-1', { token: 'l-1', ...(address === undefined ? {} : { address }) });

  beforeEach(() => {
    answers = {
      DescribeNetworkInterfaces: () => interfaces(),
      DescribeInstances: () => machine('eu-west-1b', 0),
      DescribeVpcs: () => vpcs(vpc()),
      DescribeSubnets: () => subnets(),
      CreateSubnet: () => response('CreateSubnet', `<subnet>${subnet('subnet-9', 'eu-west-1b', '10.7.16.0/20')}</subnet>`),
      CreateNetworkInterface: () =>
        response('CreateNetworkInterface', `<networkInterface>${eni('<status>pending</status>')}</networkInterface>`),
      AttachNetworkInterface: () => response('AttachNetworkInterface', '<attachmentId>eni-attach-1</attachmentId>'),
    };
  });

  it('makes the zone’s subnet and an interface in it, and attaches that', async () => {
    await expect(join()).resolves.toEqual({ vendorId: 'eni-1', mac: '02:11', address: '10.7.16.5', state: 'building' });
    expect(sent(cloud, 'CreateSubnet')).toMatchObject({
      VpcId: 'vpc-1',
      AvailabilityZone: 'eu-west-1b',
      CidrBlock: '10.7.16.0/20',
    });
    expect(sent(cloud, 'CreateNetworkInterface')).toMatchObject({
      SubnetId: 'subnet-9',
      ClientToken: 'l-1',
      'TagSpecification.1.ResourceType': 'network-interface',
      'TagSpecification.1.Tag.1.Key': 'agency.interface',
      'TagSpecification.1.Tag.1.Value': 'l-1',
    });
    expect(sent(cloud, 'CreateNetworkInterface')).not.toHaveProperty('PrivateIpAddress');
    expect(sent(cloud, 'AttachNetworkInterface')).toMatchObject({
      NetworkInterfaceId: 'eni-1',
      InstanceId: 'i-1',
      DeviceIndex: '1',
    });
  });

  it('takes the next free index', async () => {
    answers.DescribeInstances = () => machine('eu-west-1b', 0, 1, 3);
    await join();
    expect(sent(cloud, 'AttachNetworkInterface').DeviceIndex).toBe('2');
  });

  it.each([
    ['attaching', 'building'],
    ['attached', 'active'],
    ['enchanted', 'building'],
  ])('again, while it is %s, shows what was made', async (status, state) => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment(status)));
    await expect(join()).resolves.toMatchObject({ vendorId: 'eni-1', state });
    expect(actions(cloud)).toEqual(['DescribeNetworkInterfaces']);
  });

  it('goes on with an interface that an earlier call only made', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni());
    await expect(join()).resolves.toMatchObject({ vendorId: 'eni-1', state: 'building' });
    expect(actions(cloud)).toEqual(['DescribeNetworkInterfaces', 'DescribeInstances', 'AttachNetworkInterface']);
  });

  it.each([
    ['InvalidNetworkInterfaceID.NotFound', 'The networkInterface ID eni-1 does not exist'],
    ['InvalidParameterValue', "Instance 'i-1' already has an interface attached at device index '1'."],
  ])('that is too early or too late for its index (%s) is to be asked again', async (code, message) => {
    answers.AttachNetworkInterface = () => error(code, 400, message);
    await expect(join()).resolves.toMatchObject({ state: 'building' });
  });

  it.each([
    ['attached', 'i-2', { reason: 'conflict', passing: false }],
    ['detaching', 'i-1', { reason: 'conflict', passing: true }],
  ])('with an interface that is %s to %s is refused', async (status, owner, wanted) => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment(status, owner)));
    await expect(join()).rejects.toMatchObject(wanted);
  });

  it.each([
    ['AttachNetworkInterface', 'AttachmentLimitExceeded', 'quota'],
    ['AttachNetworkInterface', 'IncorrectInstanceState', 'conflict'],
    ['CreateNetworkInterface', 'NetworkInterfaceLimitExceeded', 'quota'],
    ['CreateNetworkInterface', 'InvalidIPAddress.InUse', 'conflict'],
    ['CreateNetworkInterface', 'InsufficientFreeAddressesInSubnet', 'no-capacity'],
    ['CreateSubnet', 'SubnetLimitExceeded', 'quota'],
    ['DescribeVpcs', 'InvalidVpcID.NotFound', 'not-found'],
    ['DescribeInstances', 'InvalidInstanceID.NotFound', 'not-found'],
  ])('%s refused with %s is %s', async (action, code, reason) => {
    answers[action] = () => error(code, 400);
    await expect(join()).rejects.toMatchObject({ reason, vendorCode: code });
  });

  it('does not take an answer without an id for done', async () => {
    answers.CreateNetworkInterface = () => response('CreateNetworkInterface', '<networkInterface/>');
    await expect(join()).rejects.toMatchObject({ reason: 'unknown' });
    answers.CreateSubnet = () => response('CreateSubnet', '');
    await expect(join()).rejects.toMatchObject({ reason: 'unknown' });
    answers.DescribeVpcs = () => vpcs();
    await expect(join()).rejects.toMatchObject({ reason: 'not-found' });
  });

  describe('chooses a subnet', () => {
    it('that the zone has, on a later page too', async () => {
      answers.DescribeSubnets = (asked) =>
        asked.has('NextToken')
          ? subnets(subnet('subnet-b', 'eu-west-1b', '10.7.16.0/20', ''))
          : response(
              'DescribeSubnets',
              `<subnetSet>${item(subnet('subnet-a', 'eu-west-1a', '10.7.0.0/20'))}${item('<subnetId>odd</subnetId>')}</subnetSet><nextToken>2</nextToken>`,
            );
      await join();
      expect(sent(cloud, 'DescribeSubnets')).toMatchObject({ 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': 'vpc-1' });
      expect(sent(cloud, 'CreateNetworkInterface').SubnetId).toBe('subnet-b');
      expect(actions(cloud)).not.toContain('CreateSubnet');
    });

    it('beside one that is full', async () => {
      answers.DescribeSubnets = () => subnets(subnet('subnet-b', 'eu-west-1b', '10.7.16.0/20', '0'));
      await join();
      expect(sent(cloud, 'CreateSubnet').CidrBlock).toBe('10.7.32.0/20');
    });

    it.each([
      ['10.7.0.0/24', 'eu-west-1a', '10.7.0.0/28'],
      ['10.7.0.0/20', 'eu-west-1c', '10.7.2.0/24'],
      ['10.7.0.0/28', 'eu-west-1c', '10.7.0.0/28'],
    ])('of %s for %s: %s', async (range, zone, wanted) => {
      answers.DescribeVpcs = () => vpcs(vpc(range));
      answers.DescribeInstances = () => machine(zone, 0);
      await join();
      expect(sent(cloud, 'CreateSubnet').CidrBlock).toBe(wanted);
    });

    it('that has the address asked for', async () => {
      answers.DescribeSubnets = () => subnets(subnet('subnet-b', 'eu-west-1b', '10.7.16.0/20'));
      await join('10.7.16.9');
      expect(sent(cloud, 'CreateNetworkInterface')).toMatchObject({ SubnetId: 'subnet-b', PrivateIpAddress: '10.7.16.9' });
      await join('10.7.40.9');
      expect(sent(cloud, 'CreateSubnet').CidrBlock).toBe('10.7.32.0/20');
    });

    it.each(['10.8.0.5', '10.7.0.5', 'fd00::5'])('for no address that cannot be had: %s', async (address) => {
      answers.DescribeSubnets = () => subnets(subnet('subnet-a', 'eu-west-1a', '10.7.0.0/20'));
      await expect(join(address)).rejects.toMatchObject({ reason: 'invalid-request' });
    });

    it('until the range is used up', async () => {
      answers.DescribeVpcs = () => vpcs(vpc('10.7.0.0/28'));
      answers.DescribeSubnets = () => subnets(subnet('subnet-a', 'eu-west-1a', '10.7.0.0/28'));
      await expect(join()).rejects.toMatchObject({ reason: 'no-capacity' });
    });

    it('that another call has just made', async () => {
      let made = false;
      answers.CreateSubnet = () => {
        made = true;
        return error('InvalidSubnet.Conflict', 400);
      };
      answers.DescribeSubnets = () => (made ? subnets(subnet('subnet-b', 'eu-west-1b', '10.7.16.0/20')) : subnets());
      await join();
      expect(sent(cloud, 'CreateNetworkInterface').SubnetId).toBe('subnet-b');
      answers.DescribeSubnets = () => subnets();
      await expect(join()).rejects.toMatchObject({ reason: 'conflict' });
    });
  });
});

describe('leaving', () => {
  const leave = (): Promise<void> => networks.leave(region, 'i-1', 'eni-1');

  beforeEach(() => {
    answers.DetachNetworkInterface = done('DetachNetworkInterface');
    answers.DeleteNetworkInterface = done('DeleteNetworkInterface');
  });

  it('detaches, is under way meanwhile, and deletes', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('attached')));
    await expect(leave()).rejects.toMatchObject({ reason: 'conflict', passing: true, retryAfterMs: 2_000 });
    expect(sent(cloud, 'DetachNetworkInterface').AttachmentId).toBe('eni-attach-1');
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('detaching')));
    await expect(leave()).rejects.toMatchObject({ reason: 'conflict', passing: true });
    expect(actions(cloud).filter((action) => action === 'DetachNetworkInterface')).toHaveLength(1);
    answers.DescribeNetworkInterfaces = () => interfaces(eni());
    await expect(leave()).resolves.toBeUndefined();
    expect(sent(cloud, 'DeleteNetworkInterface').NetworkInterfaceId).toBe('eni-1');
  });

  it('again is done', async () => {
    answers.DescribeNetworkInterfaces = () => error('InvalidNetworkInterfaceID.NotFound', 400);
    await expect(leave()).resolves.toBeUndefined();
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('detached')));
    answers.DeleteNetworkInterface = () => error('InvalidNetworkInterfaceID.NotFound', 400);
    await expect(leave()).resolves.toBeUndefined();
  });

  it('takes no other machine’s interface', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('attached', 'i-2')));
    await expect(leave()).resolves.toBeUndefined();
    expect(actions(cloud)).toEqual(['DescribeNetworkInterfaces']);
  });

  it('in vain is told', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni());
    answers.DeleteNetworkInterface = () => error('InvalidParameterValue', 400, 'Network interface eni-1 is currently in use.');
    await expect(leave()).rejects.toMatchObject({ reason: 'conflict' });
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('attached')));
    answers.DetachNetworkInterface = () => error('OperationNotPermitted', 400);
    await expect(leave()).rejects.toMatchObject({ reason: 'forbidden' });
  });
});

describe('deleting a network', () => {
  beforeEach(() => {
    answers = {
      DescribeNetworkInterfaces: () => interfaces(eni()),
      DescribeSubnets: () => subnets(subnet('subnet-a', 'eu-west-1a', '10.7.0.0/20'), subnet('subnet-b', 'b', '10.7.16.0/20')),
      DeleteNetworkInterface: done('DeleteNetworkInterface'),
      DeleteSubnet: done('DeleteSubnet'),
      DeleteVpc: done('DeleteVpc'),
    };
  });

  it('takes what machines left behind and the subnets with it', async () => {
    await networks.delete(region, 'vpc-1');
    expect(actions(cloud).filter((action) => action?.startsWith('Delete'))).toEqual([
      'DeleteNetworkInterface',
      'DeleteSubnet',
      'DeleteSubnet',
      'DeleteVpc',
    ]);
    expect(sent(cloud, 'DescribeNetworkInterfaces')).toMatchObject({ 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': 'vpc-1' });
  });

  it('with a machine in it is a conflict, and nothing is lost', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('attached')));
    await expect(networks.delete(region, 'vpc-1')).rejects.toMatchObject({
      reason: 'conflict',
      message: 'the network vpc-1 has machines: i-1',
    });
    expect(actions(cloud)).toEqual(['DescribeNetworkInterfaces']);
  });

  it('that something else is in is a conflict', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces(eni(attachment('attached')).replace(ours, ''));
    answers.DeleteSubnet = () => error('DependencyViolation', 400);
    await expect(networks.delete(region, 'vpc-1')).rejects.toMatchObject({
      reason: 'conflict',
      vendorCode: 'DependencyViolation',
    });
  });

  it('again is done', async () => {
    answers.DescribeNetworkInterfaces = () => interfaces();
    answers.DescribeSubnets = () => subnets(subnet('subnet-a', 'eu-west-1a', '10.7.0.0/20'));
    answers.DeleteSubnet = () => error('InvalidSubnetID.NotFound', 400);
    answers.DeleteVpc = () => error('InvalidVpcID.NotFound', 400);
    await expect(networks.delete(region, 'vpc-1')).resolves.toBeUndefined();
  });
});
