import { Sha256 } from '@aws-crypto/sha256-js';
import type { Account } from '@cloud-agency/runtime';
import { SignatureV4 } from '@smithy/signature-v4';
import { callEc2, type Ec2ClientOptions, type Xml } from './ec2-client.js';
import { Ec2Region } from './ec2-region.js';
import { credentialOf, endpointOf, present, runTestbed, type RunningTestbed } from './harness.js';

let testbed: RunningTestbed;
let account: Account;
let machine: string;

const region = 'eu-west-3';

beforeAll(async () => {
  testbed = await runTestbed({ clouds: ['aws'] });
  account = await testbed.account('aws');
  machine = present((await new Ec2Region(account, region).run('eu-west-3a')).instanceId, 'machine');
});
afterEach(() => testbed.calmDown());
afterAll(() => testbed.stop());

describe('CloudWatch', () => {
  const call = (action: string, parameters: Record<string, string>, options: Partial<Ec2ClientOptions> = {}) =>
    callEc2(account, action, parameters, {
      region,
      service: 'monitoring',
      path: '/monitoring/',
      version: '2010-08-01',
      ...options,
    });

  const lately = () => ({
    StartTime: new Date(Date.now() - 3_600_000).toISOString(),
    EndTime: new Date(Date.now() + 60_000).toISOString(),
  });
  const statistics = (metric: string, more: Record<string, string> = {}) => ({
    Namespace: 'AWS/EC2',
    MetricName: metric,
    'Dimensions.member.1.Name': 'InstanceId',
    'Dimensions.member.1.Value': machine,
    Period: '60',
    'Statistics.member.1': 'Average',
    'Statistics.member.2': 'Sum',
    ...lately(),
    ...more,
  });
  const errorIn = ({ status, body }: { status: number; body: Xml }) => [status, String(body.Error?.Code)];

  it('has measured a machine that runs', async () => {
    const { status, body } = await call('GetMetricStatistics', statistics('CPUUtilization'));
    expect(status).toBe(200);
    const point = present(body.GetMetricStatisticsResult?.Datapoints?.member?.[0], 'datapoint');
    expect(body).toMatchObject({ GetMetricStatisticsResult: { Label: 'CPUUtilization' } });
    expect(point.Unit).toBe('Percent');
    expect(point.Timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
    expect(Number(point.Average)).toBeGreaterThan(0);
    expect(Number(point.Average)).toBeLessThanOrEqual(100);
  });

  it.each(['NetworkIn', 'NetworkOut', 'DiskReadBytes', 'DiskWriteBytes'])('counts %s', async (metric) => {
    const { body } = await call('GetMetricStatistics', statistics(metric));
    const points = body.GetMetricStatisticsResult?.Datapoints?.member ?? [];
    expect(points.length).toBeGreaterThan(0);
    expect(points.map(({ Unit }) => Unit)).toEqual(points.map(() => 'Bytes'));
  });

  it('tells several metrics at once', async () => {
    const query = (index: number, id: string, metric: string) => {
      const prefix = `MetricDataQueries.member.${index}`;
      return {
        [`${prefix}.Id`]: id,
        [`${prefix}.MetricStat.Metric.Namespace`]: 'AWS/EC2',
        [`${prefix}.MetricStat.Metric.MetricName`]: metric,
        [`${prefix}.MetricStat.Metric.Dimensions.member.1.Name`]: 'InstanceId',
        [`${prefix}.MetricStat.Metric.Dimensions.member.1.Value`]: machine,
        [`${prefix}.MetricStat.Period`]: '300',
        [`${prefix}.MetricStat.Stat`]: 'Average',
      };
    };
    const parameters = { ...query(1, 'cpu', 'CPUUtilization'), ...query(2, 'in', 'NetworkIn'), ...lately() };
    const { body } = await call('GetMetricData', parameters);
    const results = present(body.GetMetricDataResult?.MetricDataResults?.member, 'results');
    expect(results).toMatchObject([
      { Id: 'cpu', Label: 'CPUUtilization', StatusCode: 'Complete' },
      { Id: 'in', Label: 'NetworkIn', StatusCode: 'Complete' },
    ]);
    for (const { Timestamps, Values } of results) {
      const times = present(Timestamps?.member, 'times');
      expect(times.length).toBeGreaterThan(0);
      expect(Values).toHaveProperty('member.length', times.length);
    }
  });

  it('has no datapoints of what nobody reports', async () => {
    for (const unknown of [{ MetricName: 'Luck' }, { 'Dimensions.member.1.Value': 'i-00000000000000000' }]) {
      const { status, body } = await call('GetMetricStatistics', { ...statistics('CPUUtilization'), ...unknown });
      expect([status, body.GetMetricStatisticsResult?.Datapoints]).toEqual([200, '']);
    }
  });

  it.each([
    [{ Period: '45' }, 'InvalidParameterValue'],
    [{ StartTime: '2026-10-01T00:00:00Z' }, 'InvalidParameterCombination'],
    [{ StartTime: '' }, 'InvalidParameterValue'],
    [{ 'Statistics.member.1': 'Luck' }, 'InvalidParameterValue'],
    [{ MetricName: '' }, 'MissingParameter'],
  ] as const)('refuses %j', async (change, code) => {
    expect(errorIn(await call('GetMetricStatistics', statistics('CPUUtilization', change)))).toEqual([400, code]);
  });

  it('wants requests signed for itself, and knows who signs', async () => {
    const parameters = statistics('CPUUtilization');
    expect(errorIn(await call('GetMetricStatistics', parameters, { service: 'ec2' }))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(errorIn(await call('GetMetricStatistics', parameters, { accessKey: 'AKIAUNKNOWN' }))).toEqual([
      403,
      'InvalidClientTokenId',
    ]);
    expect(errorIn(await call('PutMetricData', {}))).toEqual([400, 'InvalidAction']);
    await testbed.fault({ cloud: 'aws', fault: 'rate-limit' });
    expect(errorIn(await call('GetMetricStatistics', parameters))).toEqual([400, 'Throttling']);
  });
});

describe('the price list', () => {
  interface Answer {
    readonly FormatVersion?: string;
    readonly NextToken?: string;
    readonly PriceList?: readonly string[];
    readonly __type?: string;
  }
  interface Item {
    readonly product: { readonly attributes: Record<string, string>; readonly sku: string };
    readonly terms: { readonly OnDemand: Record<string, { priceDimensions: Record<string, { pricePerUnit: { USD: string } }> }> };
  }
  interface Options {
    readonly region?: string;
    readonly type?: string;
    readonly target?: string;
  }

  async function ask(body: object, { region: at = 'us-east-1', type, target }: Options = {}) {
    const { hostname, port } = new URL(endpointOf(account));
    const credentials = {
      accessKeyId: credentialOf(account, 'access_key_id'),
      secretAccessKey: credentialOf(account, 'secret_access_key'),
    };
    const signer = new SignatureV4({ credentials, region: at, service: 'pricing', sha256: Sha256 });
    const text = JSON.stringify(body);
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname,
      path: '/pricing/',
      headers: {
        host: `${hostname}:${port}`,
        'content-type': type ?? 'application/x-amz-json-1.1',
        'x-amz-target': target ?? 'AWSPriceListService.GetProducts',
      },
      body: text,
    });
    const { status, data } = await testbed.http.post<Answer>('/pricing/', text, { headers });
    return { status, data };
  }

  const match = (Field: string, Value: string) => ({ Type: 'TERM_MATCH', Field, Value });
  const plain = [
    match('operatingSystem', 'Linux'),
    match('tenancy', 'Shared'),
    match('capacitystatus', 'Used'),
    match('preInstalledSw', 'NA'),
  ];
  const itemsIn = ({ PriceList = [] }: Answer): Item[] => PriceList.map((text) => JSON.parse(text) as Item);

  it('tells what a size costs on demand', async () => {
    const { data } = await ask({
      ServiceCode: 'AmazonEC2',
      Filters: [...plain, match('regionCode', region), match('instanceType', 't3.micro')],
    });
    const { data: csv } = await testbed.http.get<string>('/prices/aws.csv');
    const [, listed] = /^t3\.micro,([\d.]+),USD,eu-west-3,on-demand$/m.exec(csv) ?? [];
    const [item] = itemsIn(data);
    const [term] = Object.values(present(item, 'item').terms.OnDemand);
    const [dimension] = Object.values(present(term, 'term').priceDimensions);
    expect(itemsIn(data)).toHaveLength(1);
    expect(data).toMatchObject({ FormatVersion: 'aws_v1' });
    expect(item?.product.attributes).toMatchObject({ regionCode: region, instanceType: 't3.micro', vcpu: '2' });
    expect(Number(dimension?.pricePerUnit.USD)).toBeCloseTo(Number(listed), 9);
  });

  it('has more than the plain machine of each size', async () => {
    const { data } = await ask({
      ServiceCode: 'AmazonEC2',
      Filters: [match('regionCode', region), match('instanceType', 't3.micro')],
    });
    expect(new Set(itemsIn(data).map(({ product }) => product.attributes.operatingSystem))).toEqual(
      new Set(['Linux', 'Windows']),
    );
    expect(new Set(itemsIn(data).map(({ product }) => product.sku)).size).toBe(itemsIn(data).length);
  });

  it('comes in pages', async () => {
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const { data }: { data: Answer } = await ask({
        ServiceCode: 'AmazonEC2',
        Filters: [...plain, match('regionCode', region)],
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      expect(data.PriceList?.length).toBeLessThanOrEqual(100);
      names.push(...itemsIn(data).map(({ product }) => product.attributes.instanceType));
      ({ NextToken } = data);
    } while (NextToken !== undefined);
    const { data } = await testbed.http.get<string>('/prices/aws.csv');
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(data.split('\n').filter((line) => line.endsWith(`,${region},on-demand`)).length);
    await testbed.fault({ cloud: 'aws', fault: 'short-pages' });
    expect((await ask({ ServiceCode: 'AmazonEC2' })).data.PriceList).toHaveLength(2);
  });

  it.each([
    [{ ServiceCode: 'AmazonS3' }, {}, 'InvalidParameterException'],
    [{ ServiceCode: 'AmazonEC2', Filters: [{ Type: 'LIKE', Field: 'vcpu', Value: '2' }] }, {}, 'InvalidParameterException'],
    [{ ServiceCode: 'AmazonEC2', MaxResults: 1000 }, {}, 'InvalidParameterException'],
    [{ ServiceCode: 'AmazonEC2', NextToken: 'next' }, {}, 'InvalidNextTokenException'],
    [{}, { target: 'AWSPriceListService.GetLuck' }, 'UnknownOperationException'],
    [{}, { type: 'application/x-www-form-urlencoded' }, 'UnknownOperationException'],
    [{}, { region: 'eu-west-3' }, 'InvalidSignatureException'],
  ] as const)('refuses %j (%j)', async (body, options, type) => {
    expect(await ask(body, options)).toMatchObject({ status: 400, data: { __type: type } });
  });

  it('says what befalls it in its own words', async () => {
    await testbed.fault({ cloud: 'aws', fault: 'rate-limit', times: 1 });
    expect(await ask({ ServiceCode: 'AmazonEC2' })).toMatchObject({ status: 400, data: { __type: 'ThrottlingException' } });
    await testbed.fault({ cloud: 'aws', fault: 'revoked', times: 1 });
    expect(await ask({ ServiceCode: 'AmazonEC2' })).toMatchObject({
      status: 400,
      data: { __type: 'UnrecognizedClientException' },
    });
  });
});
