import type { Volume } from '../../cloud/volumes.js';
import { listTypes } from '../openstack/cinder.js';
import { novaShape } from '../openstack/fault.js';
import { type Call, type Handler, type Served, Service } from '../openstack/service.js';
import { deleteVolume, orderVolume, volumeCalled, volumesAsked } from '../openstack/volumes.js';
import { volumeView } from '../openstack/volume-view.js';

/** Block Storage API v1 (its reference, Volumes): names are `display_name`, lists come whole, and an order is answered with 200. */
export function serveBlockStorage(served: Served): void {
  const storage = new Service({ ...served, type: 'volume', faults: novaShape });
  storage.get('/types', listTypes);
  storage.get('/volumes', listVolumes);
  storage.get('/volumes/detail', listVolumes);
  storage.post('/volumes', createVolume);
  storage.get('/volumes/:id', showVolume);
  storage.delete('/volumes/:id', deleteVolume);
}

const showVolume: Handler = (call) => ({ body: { volume: view(call, volumeCalled(call)) } });

const createVolume: Handler = (call) => ({ body: { volume: view(call, orderVolume(call, inNewerWords(call.body))) } });

const listVolumes: Handler = (call) => {
  const name = call.query.get('display_name');
  const asked = volumesAsked(call).filter((volume) => name === null || volume.name === name);
  return { body: { volumes: asked.map((volume) => view(call, volume)) } };
};

/** What v1 does not know it passes over: a `name` too. */
function inNewerWords(body: unknown): unknown {
  const { volume } = (body ?? {}) as { volume?: Readonly<Record<string, unknown>> };
  if (typeof volume !== 'object') return body;
  const { display_name, display_description, size, volume_type, availability_zone, metadata } = volume;
  const named = { name: display_name, description: display_description, size, volume_type, availability_zone, metadata };
  return { volume: Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) };
}

function view(call: Call, volume: Volume) {
  const shown = volumeView(call, volume);
  return {
    id: shown.id,
    display_name: shown.name,
    display_description: shown.description,
    status: shown.status,
    size: shown.size,
    volume_type: shown.volume_type,
    availability_zone: shown.availability_zone,
    attachments: shown.attachments,
    metadata: shown.metadata,
    created_at: shown.created_at,
    bootable: shown.bootable,
    snapshot_id: shown.snapshot_id,
    source_volid: shown.source_volid,
  };
}
