import { childrenOf, element, leaf } from '../markup.js';
import { types } from './names.js';
import type { Handler } from './service.js';
import { accepted, beginOn } from './tasks.js';
import type { Properties } from './things.js';
import { badRequest } from './vcloud-error.js';
import { namespaces } from './vapp-view.js';
import { type FoundVApp, foundVApp, idleVApp } from './vapps.js';

/** The properties that a guest finds in its OVF environment (1.5, "Retrieve or Modify ProductSection Elements"). */
export const showProducts: Handler = (call) => {
  const properties = Object.entries(propertiesOf(call.id, foundVApp(call, call.id))).map(([key, value]) =>
    element('ovf:Property', { 'ovf:type': 'string', 'ovf:key': key, 'ovf:value': value, 'ovf:userConfigurable': true }),
  );
  const section = element('ovf:ProductSection', { 'ovf:required': false }, leaf('ovf:Info', 'Properties'), ...properties);
  const href = `${call.base}/vApp/${call.id}/productSections/`;
  return {
    type: types.products,
    markup: element(
      'ProductSectionList',
      { ...namespaces, type: types.products, href },
      element('Link', { rel: 'edit', type: types.products, href }),
      properties.length === 0 ? '' : section,
    ),
  };
};

/** What is there before is replaced. */
export const changeProducts: Handler = (call) => {
  const { vApp, instance } = idleVApp(call);
  const sections = childrenOf(call.body(types.products, 'ProductSectionList', ['Link', 'ProductSection']), 'ProductSection');
  const given = sections
    .flatMap((section) => childrenOf(section, 'Property'))
    .map(({ attributes: { key = '', value = '', type } }) => {
      if (key === '' || type === undefined) throw badRequest('An ovf:Property needs an ovf:key and an ovf:type.');
      return [key, value] as const;
    });
  const properties: Properties = Object.fromEntries(given);
  const isMachine = call.id.startsWith('vm-');
  call.keeping.vApps.save(isMachine ? { ...vApp, vm: { ...vApp.vm, properties } } : { ...vApp, properties });
  call.testbed.fleet.furnish(instance, userDataIn(properties));
  return accepted(call, beginOn(call, instance, 'Updating Virtual Application', 'vappUpdateProductSections'));
};

/** What cloud-init finds in the OVF environment: base64, as properties have no line breaks (cloud-init, Data sources, OVF). */
const userDataIn = ({ 'user-data': encoded }: Properties): string | undefined =>
  encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();

const propertiesOf = (id: string, { vApp }: FoundVApp): Properties =>
  id.startsWith('vm-') ? vApp.vm.properties : vApp.properties;
