import { childOf, childrenOf, element, leaf } from '../markup.js';
import { expectMachine } from './hardware.js';
import { types } from './names.js';
import type { Handler } from './service.js';
import { changeMachine } from './sections.js';
import { badRequest } from './vcloud-error.js';
import { namespaces } from './vapp-view.js';
import { foundVApp } from './vapps.js';
import { sectionHref } from './vm-sections.js';

/** The properties that a guest reads of its OVF environment (Schema Reference 1.5, ProductSectionList). */
export const showProductSections: Handler = (call) => {
  expectMachine(call);
  const found = foundVApp(call, call.id);
  const { properties } = found.vApp.vm;
  const href = sectionHref(call, found, 'productSections/');
  const told = Object.entries(properties ?? {}).map(([key, value]) =>
    element('ovf:Property', { 'ovf:key': key, 'ovf:type': 'string', 'ovf:userConfigurable': true, 'ovf:value': value }),
  );
  const section = element('ovf:ProductSection', {}, leaf('ovf:Info', 'Properties of the guest'), ...told);
  return {
    type: types.productSections,
    markup: element(
      'ProductSectionList',
      { ...namespaces, type: types.productSections, href },
      element('Link', { rel: 'edit', type: types.productSections, href }),
      told.length > 0 ? section : '',
    ),
  };
};

/** What is sent replaces what was there. */
export const changeProductSections: Handler = (call) => {
  expectMachine(call);
  const wish = call.body(types.productSections, 'ProductSectionList');
  const told = childrenOf(wish, 'ProductSection').flatMap((section) => {
    if (!childOf(section, 'Info')) throw badRequest('A ProductSection begins with its Info.');
    return childrenOf(section, 'Property').map(({ attributes }) => {
      if (attributes.key === undefined || attributes.type === undefined) throw badRequest('A Property has a key and a type.');
      return [attributes.key, attributes.value ?? ''] as const;
    });
  });
  return changeMachine(call, { properties: Object.fromEntries(told) });
};
