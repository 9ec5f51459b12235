import { rmSync } from 'node:fs';
import type { Xml } from './ec2-client.js';
import { Ec2Region, errorOf, itemsOf } from './ec2-region.js';
import { present, runTestbed, type RunningTestbed, temporaryDirectory, until } from './harness.js';

const region = 'eu-west-3';
const spot = { 'InstanceMarketOptions.MarketType': 'spot' };

let directory: string;
let testbed: RunningTestbed;
let cloud: Ec2Region;

async function start(): Promise<void> {
  testbed = await runTestbed({ directory, clouds: ['aws'] });
  cloud = new Ec2Region(await testbed.account('aws'), region);
}

beforeAll(async () => {
  directory = temporaryDirectory();
  await start();
});
afterAll(async () => {
  await testbed.stop();
  rmSync(directory, { recursive: true });
});

const spotMachine = async (): Promise<string> => present((await cloud.run('eu-west-3a', spot)).instanceId, 'machine');

async function request(instance: string): Promise<Xml> {
  const wanted = { 'Filter.1.Name': 'instance-id', 'Filter.1.Value.1': instance };
  const requests = itemsOf((await cloud.do('DescribeSpotInstanceRequests', wanted)).spotInstanceRequestSet);
  return present(requests[0], `request of ${instance}`);
}

const interrupt = (instance: string, noticeMs: number) =>
  testbed.http.post<{ error?: string }>(`/control/instances/${instance}/interrupt`, { notice_ms: noticeMs });

it('says that it takes a spot machine back before it does', async () => {
  const instance = await spotMachine();
  expect(await request(instance)).toMatchObject({ state: 'active', status: { code: 'fulfilled' }, instanceId: instance });
  expect((await interrupt(instance, 20_000)).status).toBe(200);
  expect(await request(instance)).toMatchObject({ state: 'active', status: { code: 'marked-for-termination' } });
  expect(await cloud.instance(instance)).toMatchObject({ instanceState: { name: 'running' } });
  expect(await cloud.inState(instance, 'terminated')).toMatchObject({
    stateReason: { code: 'Server.SpotInstanceTermination' },
  });
  expect(await request(instance)).toMatchObject({ state: 'closed', status: { code: 'instance-terminated-no-capacity' } });
});

it('lists those that are marked', async () => {
  const [instance] = [await spotMachine(), await spotMachine()];
  await interrupt(instance, 600_000);
  const marked = await cloud.do('DescribeSpotInstanceRequests', {
    'Filter.1.Name': 'status-code',
    'Filter.1.Value.1': 'marked-for-termination',
  });
  expect(itemsOf(marked.spotInstanceRequestSet)).toMatchObject([{ instanceId: instance }]);
  await cloud.do('TerminateInstances', { 'InstanceId.1': instance });
  expect(await cloud.inState(instance, 'terminated')).not.toHaveProperty('stateReason');
  expect(await request(instance)).toMatchObject({ status: { code: 'instance-terminated-by-user' } });
});

it('takes no other machine back, and none that it does not have', async () => {
  const instance = present((await cloud.run('eu-west-3a')).instanceId, 'machine');
  expect(await interrupt(instance, 0)).toMatchObject({ status: 409, data: { error: 'conflict' } });
  expect(await interrupt('i-00000000', 0)).toMatchObject({ status: 404 });
  expect(errorOf(await cloud.call('DescribeSpotInstanceRequests', { 'SpotInstanceRequestId.1': 'sir-00000000' }))).toEqual([
    400,
    'InvalidSpotInstanceRequestID.NotFound',
  ]);
});

it('remembers over a restart what it will take back', async () => {
  const [later, soon] = [await spotMachine(), await spotMachine()];
  await interrupt(later, 600_000);
  await interrupt(soon, 10_000);
  await testbed.stop();
  await start();
  expect(await request(later)).toMatchObject({ status: { code: 'marked-for-termination' } });
  await until(
    () => cloud.instance(soon),
    ({ instanceState }) => instanceState?.name === 'terminated',
    15_000,
  );
});

it('tells what spot machines cost, by type and zone', async () => {
  const history = await cloud.do('DescribeSpotPriceHistory', {
    'InstanceType.1': 't3.micro',
    'ProductDescription.1': 'Linux/UNIX',
    StartTime: new Date().toISOString(),
  });
  const { data } = await testbed.http.get<string>('/prices/aws.csv');
  const [, price] = /^t3\.micro,([\d.]+),USD,eu-west-3,spot$/m.exec(data) ?? [];
  const prices = itemsOf(history.spotPriceHistorySet);
  expect(prices.map(({ availabilityZone }) => availabilityZone)).toEqual(['eu-west-3a', 'eu-west-3b', 'eu-west-3c']);
  expect(prices.map(({ spotPrice }) => Number(spotPrice))).toEqual([Number(price), Number(price), Number(price)]);
  expect(history.nextToken).toBe('');
  expect(errorOf(await cloud.call('DescribeSpotPriceHistory', { StartTime: 'yesterday' }))).toEqual([
    400,
    'InvalidParameterValue',
  ]);
});
