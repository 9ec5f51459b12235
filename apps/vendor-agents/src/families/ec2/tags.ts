import type { Params } from './query.js';

type Tags = Readonly<Record<string, string>>;

export const tagList = (tags: Tags): Params[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The tags that a resource is made with: never there without them. */
export const madeWith = (type: string, tags: Tags): Params => ({
  TagSpecification: [{ ResourceType: type, Tag: tagList(tags) }],
});

export const withTag = (name: string, value: string): Params => ({ Filter: [{ Name: `tag:${name}`, Value: [value] }] });
