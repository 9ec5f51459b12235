import { isoTime } from '@cloud-agency/runtime';
import type { FastifyInstance } from 'fastify';
import type { SavedImage } from '../cloud/saved-images.js';
import type { Testbed } from '../testbed.js';

/** What images were saved, whoever saved them. Those that clouds offer to everybody are not listed. */
export function serveImages(app: FastifyInstance, { savedImages }: Testbed): void {
  app.get('/control/images', (request) => {
    const { cloud } = request.query as { cloud?: string };
    return savedImages
      .all()
      .filter((image) => cloud === undefined || image.cloud === cloud)
      .map(view);
  });
}

const view = ({ id, cloud, region, name, state, instance, labels, createdAt }: SavedImage) => ({
  id,
  cloud,
  region,
  name,
  state,
  machine: instance,
  tags: labels,
  created: isoTime(createdAt),
});
