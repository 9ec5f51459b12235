import { metricsOf } from '../../../cloud/metrics.js';
import type { Instance } from '../../../cloud/instance.js';
import type { Call, Handler } from '../call.js';
import { asked, listed } from '../listing.js';
import { machineCalled, machinesOf, machineView, stateOf } from './machine-view.js';
import { nicsOf, nicView } from './nic-view.js';
import { offeringIdOf } from './places.js';

/** ListVMsCmd. A machine that is gone for good is nobody's any more, so its id is refused. */
export const listVirtualMachines: Handler = (call) =>
  listed(call, 'virtualmachine', meant(call), (instance) => machineView(call, instance));

/** ListVMsMetricsCmd of the metrics plugin: the same and more to look at. */
export const listVirtualMachinesMetrics: Handler = (call) =>
  listed(call, 'virtualmachine', meant(call), (instance) => ({ ...machineView(call, instance), ...summary(call, instance) }));

export const listNics: Handler = (call) => {
  const nics = nicsOf(call, machineCalled(call, 'virtualmachineid'));
  const [id, network] = [call.params.get('nicid'), call.params.get('networkid')];
  const chosen = nics.filter((nic) => (id ?? nic.id) === nic.id && (network ?? nic.network) === nic.network);
  return listed(call, 'nic', chosen, (nic) => nicView(call, nic));
};

function meant(call: Call): Instance[] {
  const { params, cloud } = call;
  const ids = params.list('ids');
  const equal = (name: string, value: string | null): boolean => (params.get(name) ?? value) === value;
  const machines = asked(call, machinesOf(call)).filter(
    (instance) =>
      (ids.length === 0 || ids.includes(instance.id)) &&
      equal('state', stateOf(call, instance)) &&
      equal('templateid', instance.image) &&
      equal('keypair', instance.keyName) &&
      equal('serviceofferingid', offeringIdOf(cloud.name, instance.size)),
  );
  const network = params.get('networkid');
  return network === undefined
    ? machines
    : machines.filter((instance) => nicsOf(call, instance).some((nic) => nic.network === network));
}

function summary({ cloud, testbed }: Call, instance: Instance) {
  const size = cloud.size(instance.region, instance.size);
  if (!size) return {};
  const metrics = metricsOf(instance, size, testbed.clock.now());
  const mib = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(2)} MB`;
  return {
    ipaddress: instance.address ?? undefined,
    cputotal: `${(size.vcpus * 2).toFixed(1)} Ghz`,
    memorytotal: `${size.memoryGib.toFixed(2)} GB`,
    networkread: mib(metrics.networkInBytes),
    networkwrite: mib(metrics.networkOutBytes),
    diskread: mib(metrics.diskReadBytes),
    diskwrite: mib(metrics.diskWriteBytes),
  };
}
