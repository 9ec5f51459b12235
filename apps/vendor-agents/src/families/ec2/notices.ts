import type { InterruptionNotice } from '../../vendor/port.js';
import { text } from '../../vendor/xml.js';
import type { Ec2Query } from './query.js';

/** Spot request status codes (EC2 user guide, "Get the status of a Spot Instance request") of a machine that is about to be taken back. */
const marked = ['marked-for-termination', 'marked-for-stop'];

/**
 * What requests for spot machines say of machines that will be taken back. They do not say when: the user guide speaks of two minutes.
 */
export async function spotNotices(query: Ec2Query, region: string): Promise<readonly InterruptionNotice[]> {
  const params = { MaxResults: 1_000, Filter: [{ Name: 'status-code', Value: marked }] };
  const requests = await query.all(region, 'DescribeSpotInstanceRequests', 'spotInstanceRequestSet', params);
  return requests.flatMap((request) => {
    const vendorId = text(request, 'instanceId');
    const code = text(request, 'status', 'code') ?? '';
    if (vendorId === undefined || !marked.includes(code)) return [];
    return { vendorId, at: null, message: text(request, 'status', 'message') ?? code };
  });
}
