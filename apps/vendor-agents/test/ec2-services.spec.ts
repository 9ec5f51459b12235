import { randomUUID } from 'node:crypto';
import type { VendorDriver } from '../src/vendor/port.js';
import { actions, byAction, connected, error, params, response, sent, xml } from './recorded-ec2.js';
import { type Recorded, RecordedCloud, type Seen } from './recorded-cloud.js';

const region = 'eu-west-1';
let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, (asked: URLSearchParams) => Recorded>;
let products: (seen: Seen) => Recorded;

beforeEach(async () => {
  answers = {};
  products = () => ({ status: 500 });
  cloud = await RecordedCloud.open((seen) => (seen.url === '/pricing/' ? products(seen) : byAction(answers)(seen)));
  driver = connected(cloud);
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

describe('a console', () => {
  it('is what the machine wrote, or empty while it has written nothing', async () => {
    answers.GetConsoleOutput = () =>
      response('GetConsoleOutput', `<instanceId>i-1</instanceId><output>${Buffer.from('login: ').toString('base64')}</output>`);
    await expect(driver.operations?.console?.(region, 'i-1')).resolves.toBe('login: ');
    answers.GetConsoleOutput = () => response('GetConsoleOutput', '<instanceId>i-1</instanceId><timestamp/>');
    await expect(driver.operations?.console?.(region, 'i-1')).resolves.toBe('');
    answers.GetConsoleOutput = () => error('InvalidInstanceID.NotFound', 400);
    await expect(driver.operations?.console?.(region, 'i-1')).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('an address', () => {
  const address = (more = ''): string =>
    `<item><publicIp>203.0.113.9</publicIp><allocationId>eipalloc-1</allocationId>${more}</item>`;
  const list = (items: string) => () => response('DescribeAddresses', `<addressesSet>${items}</addressesSet>`);
  const done = (action: string) => () => response(action, '<return>true</return>');

  it('is allocated with the tag it is found by, and given to the machine', async () => {
    const token = randomUUID();
    answers.DescribeAddresses = list('');
    answers.AllocateAddress = () =>
      response('AllocateAddress', '<publicIp>203.0.113.9</publicIp><allocationId>eipalloc-1</allocationId>');
    answers.AssociateAddress = done('AssociateAddress');
    await expect(driver.addresses?.assign(region, 'i-1', token)).resolves.toEqual({
      vendorId: 'eipalloc-1',
      address: '203.0.113.9',
    });
    expect(sent(cloud, 'AllocateAddress')).toMatchObject({
      Domain: 'vpc',
      'TagSpecification.1.ResourceType': 'elastic-ip',
      'TagSpecification.1.Tag.1.Value': token,
    });
    expect(sent(cloud, 'AssociateAddress')).toMatchObject({ AllocationId: 'eipalloc-1', InstanceId: 'i-1' });
  });

  it('that an earlier call allocated is only given, or is there already', async () => {
    answers.DescribeAddresses = list(address());
    answers.AssociateAddress = done('AssociateAddress');
    await driver.addresses?.assign(region, 'i-1', 't-1');
    answers.DescribeAddresses = list(address('<instanceId>i-1</instanceId>'));
    await driver.addresses?.assign(region, 'i-1', 't-1');
    expect(actions(cloud)).toEqual(['DescribeAddresses', 'AssociateAddress', 'DescribeAddresses']);
  });

  it.each([
    ['AddressLimitExceeded', 'quota'],
    ['InsufficientAddressCapacity', 'no-capacity'],
    ['InternalError', 'unavailable'],
  ])('whose allocation is refused with %s is %s, and is not asked for twice', async (code, reason) => {
    answers.DescribeAddresses = list('');
    answers.AllocateAddress = () => error(code, code === 'InternalError' ? 500 : 400);
    await expect(driver.addresses?.assign(region, 'i-1', 't-1')).rejects.toMatchObject({ reason, vendorCode: code });
    expect(actions(cloud)).toEqual(['DescribeAddresses', 'AllocateAddress']);
  });

  it('that another machine has, or a machine in no state for it, is a conflict', async () => {
    answers.DescribeAddresses = list(address());
    answers.AssociateAddress = () => error('Resource.AlreadyAssociated', 400);
    await expect(driver.addresses?.assign(region, 'i-1', 't-1')).rejects.toMatchObject({ reason: 'conflict' });
    answers.AssociateAddress = () =>
      error('InvalidInstanceID', 400, 'The pending instance is not in a valid state for this operation.');
    await expect(driver.addresses?.assign(region, 'i-1', 't-1')).rejects.toMatchObject({ reason: 'conflict' });
  });

  it('is taken from its machine and released; what is released is released', async () => {
    answers.DescribeAddresses = list(address('<instanceId>i-1</instanceId><associationId>eipassoc-1</associationId>'));
    answers.DisassociateAddress = done('DisassociateAddress');
    answers.ReleaseAddress = done('ReleaseAddress');
    await driver.addresses?.release(region, 'eipalloc-1');
    expect(actions(cloud)).toEqual(['DescribeAddresses', 'DisassociateAddress', 'ReleaseAddress']);
    answers.DescribeAddresses = () => error('InvalidAllocationID.NotFound', 400);
    await driver.addresses?.release(region, 'eipalloc-1');
    expect(actions(cloud)).toHaveLength(4);
  });

  it('without an id is nothing to go on with', async () => {
    answers.DescribeAddresses = list('');
    answers.AllocateAddress = () => response('AllocateAddress', '<publicIp>203.0.113.9</publicIp>');
    await expect(driver.addresses?.assign(region, 'i-1', 't-1')).rejects.toMatchObject({ vendorCode: 'malformed' });
  });
});

describe('what CloudWatch measures', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  const points = (...of: string[]): Recorded =>
    response(
      'GetMetricStatistics',
      `<GetMetricStatisticsResult><Datapoints>${of.join('')}</Datapoints></GetMetricStatisticsResult>`,
    );
  const point = (at: string, figure: string): string => `<member><Timestamp>${at}</Timestamp>${figure}<Unit>None</Unit></member>`;

  it('is cores in shares and bytes in rates, oldest first, of local disks and volumes together', async () => {
    const figures: Record<string, string> = {
      CPUUtilization: '<Average>25.0</Average>',
      NetworkIn: '<Sum>300000.0</Sum>',
      DiskReadBytes: '<Sum>3000.0</Sum>',
      EBSReadBytes: '<Sum>6000.0</Sum>',
    };
    answers.GetMetricStatistics = (asked) => {
      const figure = figures[asked.get('MetricName') ?? ''];
      return figure === undefined
        ? points()
        : points(point('2026-01-02T03:00:00Z', figure), point('2026-01-02T02:55:00Z', figure));
    };
    const readings = (await driver.metrics?.read(region, 'i-1', now - 1_200_000)) ?? [];
    expect(readings.map(({ at }) => at)).toEqual([...readings.map(({ at }) => at)].sort((a, b) => a - b));
    expect(readings.slice(0, 3)).toEqual([
      { metric: 'cpu', at: Date.UTC(2026, 0, 2, 2, 55), value: 0.25 },
      { metric: 'network-in', at: Date.UTC(2026, 0, 2, 2, 55), value: 1000 },
      { metric: 'disk-read', at: Date.UTC(2026, 0, 2, 2, 55), value: 30 },
    ]);
    const asked = params(cloud.seen.find((seen) => params(seen).get('MetricName') === 'CPUUtilization'));
    expect(Object.fromEntries(asked)).toMatchObject({
      Version: '2010-08-01',
      Namespace: 'AWS/EC2',
      'Dimensions.member.1.Name': 'InstanceId',
      'Dimensions.member.1.Value': 'i-1',
      'Statistics.member.1': 'Average',
      Period: '300',
      StartTime: '2026-01-02T02:44:05Z',
      EndTime: '2026-01-02T03:04:05Z',
    });
    expect(cloud.seen[0]?.url).toBe('/monitoring/');
    expect(cloud.seen[0]?.headers.authorization).toContain('/eu-west-1/monitoring/aws4_request');
  });

  it('is nothing yet of a machine that is there, and undefined of one that is not', async () => {
    answers.GetMetricStatistics = () => points();
    answers.DescribeInstances = () =>
      response(
        'DescribeInstances',
        '<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet>',
      );
    await expect(driver.metrics?.read(region, 'i-1', now - 60_000)).resolves.toEqual([]);
    await expect(driver.metrics?.read(region, 'i-1', now + 60_000)).resolves.toEqual([]);
    answers.DescribeInstances = () => error('InvalidInstanceID.NotFound', 400);
    await expect(driver.metrics?.read(region, 'i-1', now - 60_000)).resolves.toBeUndefined();
  });

  it('is refused in words of its own', async () => {
    answers.GetMetricStatistics = () =>
      xml(
        '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
        403,
      );
    await expect(driver.metrics?.read(region, 'i-1', 0)).rejects.toMatchObject({ reason: 'bad-credentials', message: 'no' });
  });
});

describe('prices', () => {
  const product = (size: string, price: string, unit = 'Hrs', currency = 'USD'): string =>
    JSON.stringify({
      product: { productFamily: 'Compute Instance', attributes: { instanceType: size, regionCode: region }, sku: 'S' },
      terms: { OnDemand: { 'S.T': { priceDimensions: { 'S.T.R': { unit, pricePerUnit: { [currency]: price } } } } } },
    });
  const json = (body: unknown, status = 200): Recorded => ({
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  });
  const spot =
    (...items: string[]) =>
    () =>
      response('DescribeSpotPriceHistory', `<spotPriceHistorySet>${items.join('')}</spotPriceHistorySet><nextToken/>`);
  const quote = (size: string, price: string, zone: string): string =>
    `<item><instanceType>${size}</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${price}</spotPrice><availabilityZone>${zone}</availabilityZone></item>`;

  it('are those of all pages on demand, and the highest of the zones on the spot market', async () => {
    products = (seen) => {
      const { NextToken } = JSON.parse(seen.body) as { NextToken?: string };
      return NextToken === undefined
        ? json({
            FormatVersion: 'aws_v1',
            PriceList: [product('t3.small', '0.0208000000'), product('free', '0.0000000000')],
            NextToken: 'n',
          })
        : json({ PriceList: [product('m5.large', '0.1', 'Hrs', 'EUR'), product('odd', '1', 'Quantity'), '{}'] });
    };
    answers.DescribeSpotPriceHistory = spot(quote('t3.small', '0.0062', 'a'), quote('t3.small', '0.0071', 'b'), '<item/>');
    await expect(driver.prices?.list([region])).resolves.toEqual([
      { region, size: 't3.small', price: 0.0208, currency: 'USD' },
      { region, size: 'm5.large', price: 0.1, currency: 'EUR' },
      { region, size: 't3.small', price: 0.0071, currency: 'USD', market: 'spot' },
    ]);
    const [asked] = cloud.seen;
    expect(asked?.headers).toMatchObject({
      'x-amz-target': 'AWSPriceListService.GetProducts',
      'content-type': 'application/x-amz-json-1.1',
      authorization: expect.stringContaining('/us-east-1/pricing/aws4_request') as string,
    });
    expect(JSON.parse(asked?.body ?? '')).toMatchObject({
      ServiceCode: 'AmazonEC2',
      Filters: expect.arrayContaining([
        { Type: 'TERM_MATCH', Field: 'regionCode', Value: region },
        { Type: 'TERM_MATCH', Field: 'operatingSystem', Value: 'Linux' },
        { Type: 'TERM_MATCH', Field: 'tenancy', Value: 'Shared' },
      ]) as unknown,
    });
  });

  it.each([
    ['AccessDeniedException', 400, 'forbidden'],
    ['UnrecognizedClientException', 400, 'bad-credentials'],
    ['ThrottlingException', 400, 'rate-limited'],
    ['InvalidParameterException', 400, 'invalid-request'],
  ])('refused with %s are %s', async (code, status, reason) => {
    products = () => json({ __type: `com.amazonaws.pricing#${code}`, message: 'no' }, status);
    await expect(driver.prices?.list([region])).rejects.toMatchObject({ reason, vendorCode: code, message: 'no' });
  });

  it.each([
    ['a page of a proxy', { body: '<html>' }],
    ['an answer without a list', { body: '{}' }],
  ])('are not read from %s', async (_, recorded) => {
    products = () => recorded;
    await expect(driver.prices?.list([region])).rejects.toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });
});

describe('a notice', () => {
  const request = (code: string, machine = '<instanceId>i-1</instanceId>'): string =>
    `<item><spotInstanceRequestId>sir-1</spotInstanceRequestId><state>active</state><status><code>${code}</code><message>Your Spot Instance is marked.</message></status>${machine}</item>`;

  it('is of machines whose requests are marked, and of no others', async () => {
    answers.DescribeSpotInstanceRequests = () =>
      response(
        'DescribeSpotInstanceRequests',
        `<spotInstanceRequestSet>${request('marked-for-termination')}${request('fulfilled')}${request('marked-for-stop', '')}</spotInstanceRequestSet>`,
      );
    await expect(driver.notices?.(region)).resolves.toEqual([
      { vendorId: 'i-1', at: null, message: 'Your Spot Instance is marked.' },
    ]);
    expect(sent(cloud, 'DescribeSpotInstanceRequests')).toMatchObject({
      'Filter.1.Name': 'status-code',
      'Filter.1.Value.1': 'marked-for-termination',
      'Filter.1.Value.2': 'marked-for-stop',
    });
  });
});
