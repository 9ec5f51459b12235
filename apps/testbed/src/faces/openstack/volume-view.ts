import { digest } from '../../cloud/digest.js';
import type { Volume } from '../../cloud/volumes.js';
import { identityOf } from './identity.js';
import type { Call } from './service.js';

export const volumeLinks = ({ base, root, params }: Call, id: string) => [
  { rel: 'self', href: `${root}/volumes/${id}` },
  { rel: 'bookmark', href: `${base}/${params.project ?? ''}/volumes/${id}` },
];

/** Cinder's words for the states are the testbed's own. */
export function volumeView(call: Call, volume: Volume) {
  const { project, user } = identityOf(call.cloud);
  return {
    id: volume.id,
    name: volume.name,
    description: null,
    status: volume.state,
    size: volume.gib,
    volume_type: volume.type,
    availability_zone: volume.zone,
    attachments: attachmentsOf(volume),
    metadata: volume.labels,
    links: volumeLinks(call, volume.id),
    created_at: time(volume.createdAt),
    updated_at: time(volume.attachment?.at ?? volume.createdAt),
    user_id: user.id,
    bootable: 'false',
    encrypted: false,
    multiattach: false,
    replication_status: null,
    consistencygroup_id: null,
    snapshot_id: null,
    source_volid: null,
    'os-vol-tenant-attr:tenant_id': project.id,
  };
}

/** A volume that is on its way to a server is reserved for it, but not yet attached. */
function attachmentsOf({ id, zone, state, attachment }: Volume) {
  if (!attachment || state === 'attaching') return [];
  return [
    {
      id,
      attachment_id: attachment.id,
      volume_id: id,
      server_id: attachment.instance,
      host_name: digest(zone, 12),
      device: attachment.device,
      attached_at: time(attachment.at),
    },
  ];
}

const time = (ms: number): string => new Date(ms).toISOString().replace('Z', '000');
