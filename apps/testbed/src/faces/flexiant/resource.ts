import { type Static, Type } from '@sinclair/typebox';
import type { Cloud } from '../../cloud/cloud.js';
import { billingEntityOf, customerOf } from './places.js';

const Text = Type.Union([Type.Null(), Type.String()]);

/** A key of a resource: a tag with a value. Weight and type are read and not kept. */
export const ResourceKey = Type.Object({ name: Type.String({ minLength: 1 }), value: Text, type: Type.Optional(Text) });

/** What every skeleton of a resource in a virtual data centre has. */
export const skeleton = {
  resourceName: Type.String({ minLength: 1, maxLength: 255 }),
  vdcUUID: Type.String({ minLength: 1 }),
  clusterUUID: Type.Optional(Text),
  resourceKey: Type.Optional(Type.Union([Type.Null(), Type.Array(ResourceKey)])),
};

export const labelsOf = (keys: readonly Static<typeof ResourceKey>[] | null | undefined): Record<string, string> =>
  Object.fromEntries((keys ?? []).map(({ name, value }) => [name, value ?? '']));

export interface Described {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdAt?: number;
  /** While it is being made. */
  readonly creating?: boolean;
  readonly deleting?: boolean;
}

/** What every resource shows. */
export const resourceView = ({ name: cloud }: Cloud, { id, type, name, labels = {}, createdAt = 0, ...course }: Described) => ({
  resourceUUID: id,
  resourceType: type,
  resourceName: name,
  resourceState: course.creating ? 'CREATING' : course.deleting ? 'TO_BE_DELETED' : 'ACTIVE',
  resourceCreateDate: new Date(createdAt).toISOString().replace('Z', '+0000'),
  lastModifiedTime: createdAt,
  resourceKey: Object.entries(labels).map(([key, value]) => ({ name: key, value, type: 'USER_KEY', weight: 0 })),
  customerUUID: customerOf(cloud),
  billingEntityUUID: billingEntityOf(cloud),
  sortOrder: 0,
});
