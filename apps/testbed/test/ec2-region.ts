import type { Account } from '@cloud-agency/runtime';
import { callEc2, type Ec2Answer, type Xml } from './ec2-client.js';
import { present, until } from './harness.js';

export const errorOf = ({ status, body }: Ec2Answer): [number, string] => [status, String(body.Errors?.Error?.Code)];
export const itemsOf = (list: Xml | undefined): readonly Xml[] => list?.item ?? [];

const idOf = (item: Xml | undefined, name: string): string => present(item?.[name], name);

/** What a client does all the time in one region of an EC2 cloud. */
export class Ec2Region {
  constructor(
    private readonly account: Account,
    private readonly region: string,
  ) {}

  call(action: string, parameters: Record<string, string> = {}): Promise<Ec2Answer> {
    return callEc2(this.account, action, parameters, { region: this.region });
  }

  /** The same, of which nothing but success is expected. */
  async do(action: string, parameters: Record<string, string> = {}): Promise<Xml> {
    const { status, body } = await this.call(action, parameters);
    if (status !== 200) throw new Error(`${action}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async image(): Promise<string> {
    const wanted = { 'Owner.1': '136693071363', 'Filter.1.Name': 'name', 'Filter.1.Value.1': 'debian-12-amd64-*' };
    return idOf(itemsOf((await this.do('DescribeImages', wanted)).imagesSet)[0], 'imageId');
  }

  /** A machine that runs. */
  async run(zone: string, parameters: Record<string, string> = {}): Promise<Xml> {
    const body = await this.do('RunInstances', {
      ImageId: parameters.ImageId ?? (await this.image()),
      InstanceType: 't3.micro',
      MinCount: '1',
      MaxCount: '1',
      'Placement.AvailabilityZone': zone,
      ...parameters,
    });
    return this.inState(idOf(itemsOf(body.instancesSet)[0], 'instanceId'), 'running');
  }

  async instance(id: string): Promise<Xml> {
    const body = await this.do('DescribeInstances', { 'InstanceId.1': id });
    return present(itemsOf(itemsOf(body.reservationSet)[0]?.instancesSet)[0], `instance ${id}`);
  }

  inState(id: string, state: string): Promise<Xml> {
    return until(
      () => this.instance(id),
      (instance) => instance.instanceState?.name === state,
    );
  }
}
