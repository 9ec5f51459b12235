import { elasticStackModule } from '../../families/elasticstack/module.js';

export const vendor = elasticStackModule({
  name: 'serverlove',
  title: 'Serverlove',
  endpoint: 'https://api.z1-man.serverlove.com',
  regions: ['uk-1'],
  sources: ['Apache Libcloud and fog, serverlove: its host'],
});
