import { Type } from '@sinclair/typebox';
import { definitionsIn, MetaBody, readBody, ReferenceBody, uuidOf } from './body.js';
import { type Call, type Handler, reference } from './call.js';
import { notFound } from './fault.js';
import { drivesOf } from './find-drive.js';
import { inPlace, type Tag } from './stores.js';
import { userOf } from './user.js';

const TagBody = Type.Object({
  name: Type.String({ minLength: 1 }),
  meta: Type.Optional(MetaBody),
  resources: Type.Optional(Type.Array(ReferenceBody)),
});

const placeOf = ({ cloud, region }: Call) => ({ cloud: cloud.name, region: region.region });
const allTags = (call: Call): Tag[] => inPlace(call.stores.tags.all(), placeOf(call));

/** Of a server or a drive, as its own view names them. */
export const tagsOf = (call: Call, uuid: string) =>
  allTags(call)
    .filter(({ resources }) => resources.includes(uuid))
    .map(({ id, name }) => ({ ...reference(call, 'tags', id), name }));

/** Gives a thing these tags and no others; undefined: it keeps those it has. @throws CloudSigmaFault 404 for one that there is not. */
export function retag(call: Call, uuid: string, wanted: readonly string[] | undefined): void {
  if (!wanted) return;
  for (const id of wanted) tagCalled(call, id);
  for (const tag of allTags(call)) {
    const others = tag.resources.filter((resource) => resource !== uuid);
    call.stores.tags.save({ ...tag, resources: wanted.includes(tag.id) ? [...others, uuid] : others });
  }
}

function tagCalled(call: Call, uuid: string): Tag {
  const tag = allTags(call).find(({ id }) => id === uuid);
  if (!tag) throw notFound(uuid);
  return tag;
}

export const listTags: Handler = (call) => {
  const name = call.query.get('name');
  return {
    body: allTags(call)
      .filter((tag) => name === null || tag.name === name)
      .map((tag) => tagView(call, tag)),
  };
};

export const showTag: Handler = (call) => ({ body: tagView(call, tagCalled(call, call.uuid)) });

export const createTags: Handler = (call) => {
  const wanted = definitionsIn(call.body).map((definition) => readBody(TagBody, definition));
  const tags = wanted.map(({ name, meta = {}, resources = [] }) =>
    call.stores.tags.save({
      ...placeOf(call),
      id: call.testbed.ids.next(),
      name,
      meta,
      resources: known(call, resources.map(uuidOf)),
    }),
  );
  return { status: 201, body: { objects: tags.map((tag) => tagView(call, tag)) } };
};

export const editTag: Handler = (call) => {
  const tag = tagCalled(call, call.uuid);
  const { name, meta = {}, resources } = readBody(TagBody, call.body);
  const kept = resources ? known(call, resources.map(uuidOf)) : tag.resources;
  return { body: tagView(call, call.stores.tags.save({ ...tag, name, meta, resources: kept })) };
};

export const deleteTag: Handler = (call) => {
  call.stores.tags.forget(tagCalled(call, call.uuid));
  return { status: 204 };
};

/** @throws CloudSigmaFault 404 */
function known(call: Call, uuids: readonly string[]): readonly string[] {
  const stranger = uuids.find((uuid) => kindOf(call, uuid) === undefined);
  if (stranger !== undefined) throw notFound(stranger);
  return uuids;
}

function kindOf(call: Call, uuid: string): 'servers' | 'drives' | undefined {
  if (call.cloud.instance(call.region.region, uuid)) return 'servers';
  return drivesOf(call).some(({ id }) => id === uuid) ? 'drives' : undefined;
}

function tagView(call: Call, { id, name, meta, resources }: Tag) {
  return {
    ...reference(call, 'tags', id),
    name,
    meta,
    owner: userOf(call),
    resources: resources.flatMap((uuid) => {
      const kind = kindOf(call, uuid);
      return kind ? [{ ...reference(call, kind, uuid), owner: userOf(call), res_type: kind }] : [];
    }),
  };
}
