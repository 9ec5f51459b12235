import { inWords } from '../../cloud/refusal.js';
import type { Instance } from '../../cloud/instance.js';
import { type Method, numberAt, type OneCall, placeOf, templateAt } from './call.js';
import { vnetsOf } from './network-view.js';
import { type Vector, vectorsOf } from './template.js';
import type { VmRecords } from './vm-record.js';
import { expectPluggable } from './vm-state.js';
import { macOf } from './vm-view.js';
import { findVm } from './vms.js';

export const nicMethods = (records: VmRecords): Readonly<Record<string, Method>> => ({
  'one.vm.attachnic': (call) => {
    const instance = findVm(call, 0);
    const [nic] = vectorsOf(templateAt(call, 1), 'NIC');
    if (!nic) throw call.words.internal('The template has no NIC.');
    expectPluggable(call, instance, records.of(instance), 'attach a NIC to');
    addNic(call, instance, nic);
    return Number(instance.id);
  },
  'one.vm.detachnic': (call) => {
    const instance = findVm(call, 0);
    const id = numberAt(call, 1);
    expectPluggable(call, instance, records.of(instance), 'detach a NIC from');
    const added = call.testbed.interfaces.of(instance).find(({ attachment }) => attachment?.index === id);
    if (!added) throw call.words.wrong(`Could not detach NIC with NIC_ID ${id}, it does not exist.`);
    call.testbed.interfaces.detach(added);
    return Number(instance.id);
  },
});

/** In a network of the account's own; attributes that mean nothing to OpenNebula stay with it. @throws OneError */
export function addNic(call: OneCall, instance: Instance, nic: Vector): void {
  const { words, testbed } = call;
  const { NETWORK_ID: id, NETWORK: name, IP: address = null, ...attributes } = nic;
  const vnet = vnetsOf(call).find((candidate) => (id === undefined ? candidate.name === name : candidate.id === Number(id)));
  const network = vnet && testbed.networks.get(placeOf(call), String(vnet.id));
  if (!network) throw words.wrong(`Virtual network ${id ?? name ?? ''} does not exist, or gives no second interface.`);
  const [subnet = null] = testbed.networks.subnetsOf(network);
  const unleased = () => words.wrong(`Cannot get IP/MAC lease from virtual network ${network.id}.`);
  inWords(
    {
      'out-of-range': unleased,
      taken: unleased,
      'no-capacity': unleased,
      quota: () => words.overQuota('limit reached for LEASES quota in NETWORK'),
    },
    () => {
      const made = testbed.interfaces.create({
        ...placeOf(call),
        id: testbed.numbers.next(),
        name: '',
        description: '',
        labels: attributes,
        network: network.id,
        subnet,
        address,
        mac: '',
        passing: true,
        request: null,
      });
      const mac = macOf(made.address ?? `0.0.${testbed.interfaces.all().length}.1`);
      const index = testbed.interfaces.freeIndex(instance);
      testbed.interfaces.attach({ ...made, mac }, instance, { id: made.id, index });
    },
  );
}
