import { isoTime } from '@cloud-agency/runtime';
import type { FastifyInstance } from 'fastify';
import type { Volume } from '../cloud/volumes.js';
import type { Testbed } from '../testbed.js';

/** What volumes there are, whoever made them and however they are attached. */
export function serveVolumes(app: FastifyInstance, { volumes }: Testbed): void {
  app.get('/control/volumes', (request) => {
    const { cloud } = request.query as { cloud?: string };
    return volumes
      .all()
      .filter((volume) => cloud === undefined || volume.cloud === cloud)
      .map(view);
  });
}

const view = ({ id, cloud, region, zone, state, gib, type, name, attachment, labels, createdAt }: Volume) => ({
  id,
  cloud,
  region,
  zone,
  state,
  /** GiB. */
  size: gib,
  type,
  name,
  machine: attachment?.instance ?? null,
  device: attachment?.device ?? null,
  tags: labels,
  created: isoTime(createdAt),
});
