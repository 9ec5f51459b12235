import { onAppModule } from '../../families/onapp/module.js';

export const vendor = onAppModule({
  name: 'onapp',
  title: 'OnApp',
  operator: 'onapp',
  testedAgainst: ['the testbed’s OnApp'],
});
