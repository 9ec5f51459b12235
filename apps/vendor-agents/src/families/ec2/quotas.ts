import type { QuotaLeft } from '../../vendor/port.js';
import type { Ec2Query } from './query.js';
import { items, number, text } from '../../vendor/xml.js';

const instancesPerPage = 1_000;
/** A stopped machine counts, one that is going does not (EC2 user guide, "EC2 instance limits", before limits of virtual cores). */
const countedStates = ['pending', 'running', 'stopping', 'stopped'];

/** The account attribute max-instances less the machines that the region has, whoever made them. */
export async function instancesLeft(query: Ec2Query, region: string): Promise<readonly QuotaLeft[]> {
  const answer = await query.call(region, 'DescribeAccountAttributes', { AttributeName: ['max-instances'] });
  const attribute = items(answer, 'accountAttributeSet').find((item) => text(item, 'attributeName') === 'max-instances');
  const [value] = attribute === undefined ? [] : items(attribute, 'attributeValueSet');
  const most = value === undefined ? undefined : number(value, 'attributeValue');
  if (most === undefined) return [];
  return [{ of: 'machines', left: Math.max(0, most - (await machinesIn(query, region))) }];
}

async function machinesIn(query: Ec2Query, region: string): Promise<number> {
  const params = { MaxResults: instancesPerPage, Filter: [{ Name: 'instance-state-name', Value: countedStates }] };
  const reservations = await query.all(region, 'DescribeInstances', 'reservationSet', params);
  return reservations.reduce((sum, reservation) => sum + items(reservation, 'instancesSet').length, 0);
}
