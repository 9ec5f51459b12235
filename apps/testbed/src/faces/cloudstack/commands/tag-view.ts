import { account, type View } from '../call.js';

interface Tagged {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const tagViews = (resourcetype: string, { id, labels }: Tagged): View[] =>
  Object.entries(labels).map(([key, value]) => ({ key, value, resourcetype, resourceid: id, ...account }));
