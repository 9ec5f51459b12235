import { elasticStackModule } from '../../families/elasticstack/module.js';

export const vendor = elasticStackModule({
  name: 'skalicloud',
  title: 'SKALI Cloud',
  endpoint: 'https://api.sdg-my.skalicloud.com',
  regions: ['my-1'],
  sources: ['Apache Libcloud, skalicloud: its host'],
});
