import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { isExternal } from './external-network.js';
import { floatingIpCalled } from './floating-ips.js';
import { type Collection, labelsOf, malformed, tagsOf } from './neutron-list.js';
import { networkCalled } from './networks.js';
import { portCalled } from './ports.js';
import { privateNetwork, privateSubnet } from './private-network.js';
import { OpenStackFault } from './fault.js';
import type { Call, Handler } from './service.js';
import { subnetCalled } from './subnets.js';

/** What bears tags, and how it is given others. */
interface Tagged {
  readonly labels: Readonly<Record<string, string>>;
  readonly relabel: (labels: Readonly<Record<string, string>>) => void;
}

const collections = {
  networks: (call: Call): Tagged => {
    const network = networkCalled(call, call.params.id);
    const relabel: Tagged['relabel'] = (labels) => {
      call.testbed.networks.relabel(network, labels);
    };
    return {
      labels: network.labels,
      relabel: network.id === privateNetwork(call).id || isExternal(call, network) ? refuse : relabel,
    };
  },
  subnets: (call: Call): Tagged => {
    const subnet = subnetCalled(call, call.params.id);
    const relabel: Tagged['relabel'] = (labels) => {
      call.testbed.networks.relabelSubnet(subnet, labels);
    };
    return { labels: subnet.labels, relabel: subnet.id === privateSubnet(call).id ? refuse : relabel };
  },
  ports: (call: Call): Tagged => {
    const port = portCalled(call, call.params.id);
    const relabel: Tagged['relabel'] = (labels) => {
      call.testbed.interfaces.relabel(port, labels);
    };
    return { labels: port.labels, relabel: port.attachment?.index === 0 ? refuse : relabel };
  },
  floatingips: (call: Call): Tagged => {
    const floating = floatingIpCalled(call);
    const relabel: Tagged['relabel'] = (labels) => {
      call.testbed.publicAddresses.relabel(floating, labels);
    };
    return { labels: floating.labels, relabel };
  },
} satisfies Record<Collection, (call: Call) => Tagged>;

/** What a region comes with belongs to its operator. */
const refuse = (): never => {
  throw new OpenStackFault(403, 'The request is disallowed by policy.');
};

const Body = Type.Object({ tags: Type.Array(Type.String({ maxLength: 255 }), { uniqueItems: true }) });

export const listTags =
  (collection: Collection): Handler =>
  (call) => ({ body: { tags: tagsOf(collections[collection](call).labels) } });

export const replaceTags =
  (collection: Collection): Handler =>
  (call) => {
    const { body } = call;
    if (!Value.Check(Body, body)) throw malformed(Value.Errors(Body, body).First());
    collections[collection](call).relabel(labelsOf(body.tags));
    return { body: { tags: body.tags } };
  };

export const addTag =
  (collection: Collection): Handler =>
  (call) => {
    const { labels, relabel } = collections[collection](call);
    relabel({ ...labels, [call.params.tag ?? '']: '' });
    return { status: 201 };
  };
