import { onAppModule } from '../../families/onapp/module.js';

export const vendor = onAppModule({
  name: 'hostko',
  title: 'Hostko',
  operator: 'hostko',
  testedAgainst: ['the testbed’s Hostko, a control panel of OnApp'],
  sources: ['That Hostko’s cloud is an OnApp, and the address of its control panel, could not be checked: the account names it.'],
});
