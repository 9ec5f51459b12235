import { describeKeyPairs, deleteKeyPair, importKeyPair } from '../ec2/actions/key-pairs.js';
import type { Ec2Action } from '../ec2/actions/action.js';
import { Ec2Error } from '../ec2/ec2-error.js';
import type { QueryCall } from '../ec2/query-service.js';
import type { XmlFields } from '../ec2/xml.js';
import { describeImages, nimbus } from './images.js';
import { describeInstances, rebootInstances, terminateInstances } from './instances.js';
import { runInstances } from './run-instances.js';

type NimbusAction = (call: QueryCall) => XmlFields;

const asAmazon =
  (action: Ec2Action): NimbusAction =>
  (call) =>
    action({ ...call, dialect: nimbus });

/** What its frontend knows, but for spot requests (ElasticService of its source). It names no regions: there are none. */
const actions: ReadonlyMap<string, NimbusAction> = new Map<string, NimbusAction>(
  Object.entries({
    DeleteKeyPair: asAmazon(deleteKeyPair),
    DescribeAvailabilityZones: ({ region }: QueryCall) => ({
      availabilityZoneInfo: region.zones.map((zoneName) => ({ zoneName, zoneState: 'available', regionName: '' })),
    }),
    DescribeImages: describeImages,
    DescribeInstances: describeInstances,
    DescribeKeyPairs: asAmazon(describeKeyPairs),
    DescribeRegions: () => ({ regionInfo: [] }),
    DescribeSecurityGroups: () => ({ securityGroupInfo: [] }),
    ImportKeyPair: asAmazon(importKeyPair),
    RebootInstances: rebootInstances,
    RunInstances: runInstances,
    TerminateInstances: terminateInstances,
  }),
);

/** @throws Ec2Error InvalidAction */
export function actionNamed(action: string): NimbusAction {
  const run = actions.get(action);
  if (run) return run;
  throw new Ec2Error('InvalidAction', '');
}
