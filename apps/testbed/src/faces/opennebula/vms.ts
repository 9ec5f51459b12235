import type { Instance } from '../../cloud/instance.js';
import { metricsOf } from '../../cloud/metrics.js';
import { type Method, numberAt, type OneCall, ownGroup, ownUser, textAt } from './call.js';
import { pageOf } from './pool.js';
import type { VmRecords } from './vm-record.js';
import { shownState, stateOf } from './vm-state.js';
import { measurements, vmMarkup } from './vm-view.js';

const done = 6;

/** The machine that an argument numbers; one that is done can still be looked at. @throws OneError */
export function findVm(call: OneCall, index: number): Instance {
  const id = String(numberAt(call, index));
  const instance = call.cloud.instance(call.region.region, id);
  if (!instance) throw call.words.unknown('virtual machine', id);
  return instance;
}

export const vmMethods = (records: VmRecords): Readonly<Record<string, Method>> => ({
  'one.vm.info': (call) => {
    const instance = findVm(call, 0);
    return vmMarkup(call, instance, records.of(instance), false);
  },
  'one.vmpool.info': (call) => pool(call, records, call.release.isFrom(5, 8)),
  'one.vmpool.infoextended': (call) => pool(call, records, false),
  'one.vm.monitoring': monitoring,
});

/** The fourth argument is a state: -2 any, -1 any but DONE. The fifth, from 5.8 on, an attribute of the user's and its value. */
function pool(call: OneCall, records: VmRecords, brief: boolean): string {
  const wanted = numberAt(call, 3);
  const search = textAt(call, 4);
  const all = call.cloud.instances(call.region.region).filter((instance) => {
    const { state } = shownState(call, instance, records.of(instance));
    return (wanted === -2 || (wanted === -1 ? state !== done : state === wanted)) && carries(call, instance, search);
  });
  const page = pageOf(
    call,
    all.map((instance) => ({ id: Number(instance.id), user: ownUser, group: ownGroup, instance })),
  );
  return `<VM_POOL>${page.map(({ instance }) => vmMarkup(call, instance, records.of(instance), brief)).join('')}</VM_POOL>`;
}

function carries({ words }: OneCall, { labels }: Instance, search: string): boolean {
  if (search === '') return true;
  const [, name, value] = /^(?:VM\.USER_TEMPLATE\.|USER_TEMPLATE\.)?([^=]+)=(.*)$/.exec(search) ?? [];
  if (name === undefined) throw words.invalid(`Wrong filter '${search}', must be KEY=VALUE.`);
  return labels[name.toUpperCase()] === value;
}

/** How often hosts tell of their machines, and how many of the last readings there are. */
const periodMs = 30_000;
const readings = 5;

/** What was measured; up to release 5.10 each reading stands in a VM element of its own. */
const monitoring: Method = (call) => {
  const instance = findVm(call, 0);
  const size = call.cloud.size(instance.region, instance.size);
  const { state, lcm } = stateOf(call, instance, undefined);
  const now = call.testbed.clock.now();
  if (!size || instance.state !== 'running' || instance.dead) return '<MONITORING_DATA></MONITORING_DATA>';
  const times = Array.from({ length: readings }, (_, index) => now - (readings - 1 - index) * periodMs);
  const measured = times
    .filter((at) => at >= (instance.launchedAt ?? now))
    .map((at) => {
      const time = Math.floor(at / 1000);
      const values = measurements(metricsOf(instance, size, at), size.vcpus);
      if (call.release.isFrom(5, 12))
        return `<MONITORING>${values}<ID>${instance.id}</ID><TIMESTAMP>${time}</TIMESTAMP></MONITORING>`;
      return `<VM><ID>${instance.id}</ID><LAST_POLL>${time}</LAST_POLL><STATE>${state}</STATE><LCM_STATE>${lcm}</LCM_STATE><MONITORING>${values}</MONITORING></VM>`;
    });
  return `<MONITORING_DATA>${measured.join('')}</MONITORING_DATA>`;
};
