/** GFD.224, Infrastructure, with what 1.1 clients know beside it (GFD.184). */
import {
  float,
  immutable,
  initial,
  integer,
  ipAddress,
  ipRange,
  mandatory,
  mutable,
  oneOf,
  required,
  text,
} from '../model/attribute.js';
import { type Extension, action, categoryId, kind, mixin } from '../model/category.js';
import { linkId, resourceId } from './core.js';

const ogf = 'http://schemas.ogf.org/occi/';
const scheme = `${ogf}infrastructure#`;

export const computeId = `${scheme}compute`;
export const networkId = `${scheme}network`;
export const storageId = `${scheme}storage`;
export const networkinterfaceId = `${scheme}networkinterface`;
export const storagelinkId = `${scheme}storagelink`;
export const ipInterfaceId = `${ogf}infrastructure/networkinterface#ipnetworkinterface`;
export const osTemplateId = `${scheme}os_tpl`;
export const resourceTemplateId = `${scheme}resource_tpl`;

const stateMessage = immutable(text, 'Why it is in this state');
const act = (of: string, term: string, title: string, methods: readonly string[] = []) =>
  action({
    term,
    scheme: `${ogf}infrastructure/${of}/action#`,
    title,
    attributes: methods.length > 0 ? { method: mutable(oneOf(...methods), 'How') } : {},
  });

const computeActions = [
  act('compute', 'start', 'Start'),
  act('compute', 'stop', 'Stop', ['graceful', 'acpioff', 'poweroff']),
  act('compute', 'restart', 'Restart', ['graceful', 'warm', 'cold']),
  act('compute', 'suspend', 'Suspend', ['hibernate', 'suspend']),
  action({
    term: 'save',
    scheme: `${ogf}infrastructure/compute/action#`,
    title: 'Save as an OS template',
    attributes: { method: mutable(oneOf('hot', 'deferred'), 'How'), name: mutable(text, 'Name of the template') },
  }),
];
const networkActions = [act('network', 'up', 'Up'), act('network', 'down', 'Down')];
const storageActions = [
  act('storage', 'online', 'Online'),
  act('storage', 'offline', 'Offline'),
  act('storage', 'backup', 'Backup'),
  act('storage', 'snapshot', 'Snapshot'),
  action({
    term: 'resize',
    scheme: `${ogf}infrastructure/storage/action#`,
    title: 'Resize',
    attributes: { size: required(float, 'New size, GiB') },
  }),
];

const compute = kind({
  term: 'compute',
  scheme,
  title: 'Compute',
  parent: resourceId,
  actions: computeActions.map(categoryId),
  attributes: {
    'occi.compute.architecture': mutable(oneOf('x86', 'x64'), 'CPU architecture'),
    'occi.compute.cores': mutable(integer, 'Number of virtual CPU cores'),
    'occi.compute.hostname': mutable(text, 'Host name'),
    'occi.compute.share': mutable(integer, 'Relative share of CPU time'),
    'occi.compute.memory': mutable(float, 'Memory, GiB'),
    'occi.compute.speed': mutable(float, 'CPU clock, GHz'),
    'occi.compute.state': immutable(oneOf('active', 'inactive', 'suspended', 'error'), 'State'),
    'occi.compute.state.message': stateMessage,
  },
});

const network = kind({
  term: 'network',
  scheme,
  title: 'Network',
  parent: resourceId,
  actions: networkActions.map(categoryId),
  attributes: {
    'occi.network.vlan': mutable(
      { type: 'number', pattern: '^([0-9]{1,3}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-5])$' },
      '802.1q VLAN, 0 to 4095',
    ),
    'occi.network.label': mutable(text, 'Tag of the network'),
    'occi.network.state': immutable(oneOf('active', 'inactive', 'error'), 'State'),
    'occi.network.state.message': stateMessage,
  },
});

const storage = kind({
  term: 'storage',
  scheme,
  title: 'Storage',
  parent: resourceId,
  actions: storageActions.map(categoryId),
  attributes: {
    'occi.storage.size': required(float, 'Size, GiB'),
    'occi.storage.state': immutable(oneOf('online', 'offline', 'error'), 'State'),
    'occi.storage.state.message': stateMessage,
  },
});

const networkinterface = kind({
  term: 'networkinterface',
  scheme,
  title: 'Network interface',
  parent: linkId,
  attributes: {
    // The examples of GFD.223 give it when they create the link, so a client may.
    'occi.networkinterface.interface': initial(text, 'Name of the device, e.g. eth0'),
    'occi.networkinterface.mac': mutable(text, 'MAC address'),
    'occi.networkinterface.state': immutable(oneOf('active', 'inactive', 'error'), 'State'),
    'occi.networkinterface.state.message': stateMessage,
  },
});

const storagelink = kind({
  term: 'storagelink',
  scheme,
  title: 'Storage link',
  parent: linkId,
  attributes: {
    'occi.storagelink.deviceid': mutable(text, 'Device, e.g. /dev/vdb'),
    'occi.storagelink.mountpoint': mutable(text, 'Where it is mounted'),
    'occi.storagelink.state': immutable(oneOf('active', 'inactive', 'error'), 'State'),
    'occi.storagelink.state.message': stateMessage,
  },
});

const allocation = oneOf('dynamic', 'static');
const mixins = [
  mixin({
    term: 'ipnetwork',
    scheme: `${ogf}infrastructure/network#`,
    title: 'IP network',
    applies: [categoryId(network)],
    attributes: {
      'occi.network.address': mutable(ipRange, 'Address range, CIDR'),
      'occi.network.gateway': mutable(ipAddress, 'Gateway address'),
      'occi.network.allocation': mutable(allocation, 'How addresses are given out'),
    },
  }),
  mixin({
    term: 'ipnetworkinterface',
    scheme: `${ogf}infrastructure/networkinterface#`,
    title: 'IP network interface',
    applies: [categoryId(networkinterface)],
    attributes: {
      'occi.networkinterface.address': required(ipAddress, 'Address'),
      'occi.networkinterface.gateway': mutable(ipAddress, 'Gateway address'),
      'occi.networkinterface.allocation': required(allocation, 'How the address is given out'),
    },
  }),
  mixin({ term: 'os_tpl', scheme, title: 'Operating system template', applies: [computeId] }),
  mixin({ term: 'resource_tpl', scheme, title: 'Resource template', applies: [computeId] }),
  mixin({
    term: 'ssh_key',
    scheme: `${ogf}infrastructure/credentials#`,
    title: 'SSH key',
    applies: [computeId],
    attributes: { 'occi.credentials.ssh.publickey': required(text, 'Public key') },
  }),
  mixin({
    term: 'user_data',
    scheme: `${ogf}infrastructure/compute#`,
    title: 'User data',
    applies: [computeId],
    attributes: { 'occi.compute.userdata': mandatory(initial(text, 'Given to the machine at its first boot')) },
  }),
];

export const infrastructure: Extension = {
  kinds: [compute, network, storage, networkinterface, storagelink],
  mixins,
  actions: [...computeActions, ...networkActions, ...storageActions],
};
