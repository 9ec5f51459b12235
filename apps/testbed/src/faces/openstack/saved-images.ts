import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Instance } from '../../cloud/instance.js';
import { Refusal } from '../../cloud/refusal.js';
import type { SavedImageOrder } from '../../cloud/saved-images.js';
import { badRequest } from './fault.js';
import { type Answer, type Call, placeOf } from './service.js';

const Wish = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255 }),
  metadata: Type.Optional(Type.Record(Type.String({ maxLength: 255 }), Type.String({ maxLength: 255 }))),
});

/** Before microversion 2.45 the Location tells the image's id, from then on the body. */
export function createImage(call: Call, server: Instance, wish: unknown): Answer {
  const { testbed, base, dialect, microversion } = call;
  if (!Value.Check(Wish, wish)) {
    const problem = Value.Errors(Wish, wish).First();
    throw badRequest(`Invalid input for field/attribute createImage${problem?.path ?? ''}. ${problem?.message ?? ''}.`);
  }
  if (!['running', 'stopped', 'paused', 'suspended'].includes(server.state))
    throw new Refusal('wrong-state', `Server ${server.id} is ${server.state}.`);
  const { id } = testbed.savedImages.create(orderFor(call, server, wish));
  if (microversion >= 45) return { status: 202, body: { image_id: id } };
  const { name, version } = dialect.services.image;
  return { status: 202, headers: { location: `${base.slice(0, base.lastIndexOf('/'))}/${name}${version}/images/${id}` } };
}

const orderFor = (call: Call, server: Instance, { name, metadata = {} }: Static<typeof Wish>): SavedImageOrder => ({
  id: call.testbed.ids.next(),
  ...placeOf(call),
  name,
  description: '',
  labels: metadata,
  architecture: call.cloud.size(call.region.region, server.size)?.architecture ?? 'x86_64',
  instance: server.id,
  base: server.image,
});
