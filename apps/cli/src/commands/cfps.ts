import { type Cfp, cfpOf } from '../entities/call.js';
import { listing } from '../listing.js';
import { count } from '../views/figures.js';

export const cfps = listing<Cfp>({
  name: 'cfps',
  description: 'List the calls for proposals',
  kind: 'cfp',
  heads: [{ title: 'ID' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'OFFERS', align: 'right' }, { title: 'MESSAGE' }],
  read: cfpOf,
  row: ({ id, name, state, offers, message }) => [id, name, state, count(offers), message],
  none: 'There are no calls for proposals. Submit one: agency submit examples/web-shop.cfp.yaml',
});
