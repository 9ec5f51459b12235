import { installationMark, machineLabel, readMachineLabel } from '../../vendor/machine-label.js';
import { type Instance, installationTag, type MachineOrder, type TaggedInstance } from '../../vendor/port.js';
import { asVendorError } from '../../vendor/vendor-error.js';
import { items, text, type XmlNode } from '../../vendor/xml.js';
import { instanceOf, taggedInstanceOf } from './mapping.js';
import type { Ec2Query, Params } from './query.js';
import { madeWith, tagList } from './tags.js';

/** How a machine that was asked for is known again. */
export interface Ec2Finding {
  /** What a RunInstances says of whose machine it is. */
  marks(order: MachineOrder, token: string): Params;
  /** What is still to be said of a machine that was made. */
  made(order: MachineOrder, machine: Instance): Promise<void>;
  find(region: string, token: string): Promise<Instance | undefined>;
  list(region: string, installation: string): Promise<readonly TaggedInstance[]>;
}

const instancesPerPage = 1_000;
/** States in which a machine may still cost something. */
const livingStates = ['pending', 'running', 'stopping', 'stopped'];

/** By tags that a machine is made with, and never is without. */
export class FoundByTags implements Ec2Finding {
  constructor(private readonly query: Ec2Query) {}

  marks(order: MachineOrder, token: string): Params {
    return { ClientToken: token, ...madeWith('instance', { Name: order.name, ...order.tags }) };
  }

  async made(): Promise<void> {
    // Nothing is left to say.
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const answer = await this.query.call(region, 'DescribeInstances', { Filter: [{ Name: 'client-token', Value: [token] }] });
    const [instance] = instancesIn(items(answer, 'reservationSet')).flatMap((item) => instanceOf(item) ?? []);
    return instance;
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const params = {
      MaxResults: instancesPerPage,
      Filter: [
        { Name: `tag:${installationTag}`, Value: [installation] },
        { Name: 'instance-state-name', Value: livingStates },
      ],
    };
    const found = await this.query.all(region, 'DescribeInstances', 'reservationSet', params);
    return instancesIn(found).flatMap((item) => taggedInstanceOf(item) ?? []);
  }
}

/**
 * By the client token itself, where tags come after the machine or not at all: it holds the mark of the installation and the placement, and
 * DescribeInstances shows it (`clientToken`). So nothing can come between a machine and what it is known by. All machines of the account
 * are read for it: filters are younger than client tokens.
 */
export class FoundByClientToken implements Ec2Finding {
  constructor(
    private readonly query: Ec2Query,
    private readonly hasTags: boolean,
  ) {}

  marks({ tags }: MachineOrder, token: string): Params {
    return { ClientToken: machineLabel('', tags[installationTag] ?? '', token, labelLength) };
  }

  /** Tags are for people here: a machine without them is found all the same, so that nothing fails for want of them. */
  async made({ region, name, tags }: MachineOrder, { vendorId }: Instance): Promise<void> {
    if (!this.hasTags) return;
    await this.query
      .call(region, 'CreateTags', { ResourceId: [vendorId], Tag: tagList({ Name: name, ...tags }) })
      .catch((error: unknown) => asVendorError(error));
  }

  async find(region: string, token: string): Promise<Instance | undefined> {
    const machine = (await this.labelled(region)).find(({ placement }) => placement === token);
    return machine && instanceOf(machine.item);
  }

  async list(region: string, installation: string): Promise<readonly TaggedInstance[]> {
    const own = (await this.labelled(region)).filter(({ mark }) => mark === installationMark(installation));
    return own.flatMap(({ item, placement }) => {
      const instance = instanceOf(item);
      return instance && mayCost(item) ? { ...instance, placement } : [];
    });
  }

  private async labelled(region: string) {
    const reservations = await this.query.all(region, 'DescribeInstances', 'reservationSet', {});
    return instancesIn(reservations).flatMap((item) => {
      const label = readMachineLabel(text(item, 'clientToken') ?? '');
      return label ? { ...label, item } : [];
    });
  }
}

/** A mark, a hyphen and a UUID; EC2 takes 64 characters (RunInstances, ClientToken). */
const labelLength = 44;

const mayCost = (item: XmlNode): boolean => !['shutting-down', 'terminated'].includes(text(item, 'instanceState', 'name') ?? '');

/** All machines of some reservations. */
export const instancesIn = (reservations: readonly XmlNode[]): readonly XmlNode[] =>
  reservations.flatMap((reservation) => items(reservation, 'instancesSet'));
