import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Instance } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import type { Volume } from '../../cloud/volumes.js';
import { badRequest, notFound, OpenStackFault } from './fault.js';
import { findServer } from './find-server.js';
import { expectPluggable, inState } from './server-actions.js';
import { type Call, type Handler, placeOf } from './service.js';

const Body = Type.Object({
  volumeAttachment: Type.Object(
    {
      volumeId: Type.String(),
      device: Type.Optional(Type.Union([Type.Null(), Type.String()])),
      tag: Type.Optional(Type.String()),
      delete_on_termination: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
});

export const listVolumeAttachments: Handler = (call) => {
  const volumes = call.testbed.volumes.of(findServer(call));
  return { body: { volumeAttachments: volumes.map((volume) => view(call, volume)) } };
};

export const showVolumeAttachment: Handler = (call) => ({
  body: { volumeAttachment: view(call, attachedVolume(call, findServer(call))) },
});

export const attachVolume: Handler = (call) => {
  const { testbed, body } = call;
  const server = findServer(call);
  if (!Value.Check(Body, body))
    throw badRequest("Invalid input for field/attribute volumeAttachment. 'volumeId' is a required property");
  const { volumeId, device } = body.volumeAttachment;
  const volume = testbed.volumes.get(placeOf(call), volumeId);
  if (!volume) throw notFound(`Volume ${volumeId} could not be found.`);
  const attachment = { id: testbed.ids.next(), device: deviceFor(call, server, device ?? null) };
  const attached = inState(server, 'attach_volume', () => {
    expectPluggable(server);
    return inWords(wordsFor(server, volume, attachment.device), () => testbed.volumes.attach(volume, server, attachment));
  });
  return { body: { volumeAttachment: view(call, attached) } };
};

export const detachVolume: Handler = (call) => {
  const server = findServer(call);
  const volume = attachedVolume(call, server);
  const busy = (): OpenStackFault =>
    badRequest(
      "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
    );
  inState(server, 'detach_volume', () => {
    expectPluggable(server);
    inWords({ 'wrong-state': busy }, () => call.testbed.volumes.detach(volume));
  });
  return { status: 202 };
};

function wordsFor(server: Instance, volume: Volume, device: string) {
  const unfit = (): OpenStackFault =>
    badRequest(
      `Invalid volume: Volume ${volume.id} status must be available or downloading to reserve, but the current status is ${volume.state}.`,
    );
  return {
    'in-use': unfit,
    'wrong-state': unfit,
    'other-zone': () =>
      badRequest(
        `Invalid volume: Instance ${server.id} and volume ${volume.id} are not in the same availability_zone. Instance is in ${server.zone}. Volume is in ${volume.zone}`,
      ),
    taken: () => new OpenStackFault(409, `The supplied device path (${device}) is in use.`),
  };
}

function attachedVolume({ testbed, params }: Call, server: Instance): Volume {
  const volume = testbed.volumes.of(server).find(({ id }) => id === params.volume);
  if (!volume) throw notFound(`Instance ${server.id} is not attached to volume ${params.volume ?? ''}.`);
  return volume;
}

const devices = Array.from({ length: 25 }, (_, index) => `/dev/vd${String.fromCharCode('b'.charCodeAt(0) + index)}`);

/** The device asked for, else the next that is free; /dev/vda is the root disk. @throws OpenStackFault 400 or 409 */
function deviceFor({ testbed }: Call, server: Instance, wanted: string | null): string {
  if (wanted !== null && !/^\/dev\/[a-z]+$/.test(wanted)) throw badRequest(`The supplied device path (${wanted}) is invalid.`);
  if (wanted === '/dev/vda') throw new OpenStackFault(409, `The supplied device path (${wanted}) is in use.`);
  if (wanted !== null) return wanted;
  const taken = testbed.volumes.of(server).map(({ attachment }) => attachment?.device);
  const free = devices.find((device) => !taken.includes(device));
  if (free === undefined) throw new OpenStackFault(403, 'The maximum allowed number of disk devices are attached.');
  return free;
}

/** Nova API reference, Servers with volume attachments: what each microversion shows. */
function view({ microversion }: Call, { id, attachment }: Volume) {
  return {
    ...(microversion < 89 ? { id } : { attachment_id: attachment?.id, bdm_uuid: attachment?.id }),
    serverId: attachment?.instance,
    volumeId: id,
    device: attachment?.device,
    ...(microversion >= 70 ? { tag: null } : {}),
    ...(microversion >= 79 ? { delete_on_termination: false } : {}),
  };
}
