import { toJson, toXml, type WsagDocument } from '@cloud-agency/sla';
import type { MediaType } from '../media.js';

/** Documents of WS-Agreement (docs/wsag.md). */
export const wsagTypes = ['application/wsag+xml', 'application/wsag+json'] as const satisfies readonly MediaType[];
export type WsagType = (typeof wsagTypes)[number];

export const wsagTypeOf = (type: MediaType): WsagType | undefined => wsagTypes.find((known) => known === type);

export const writtenAs = (type: WsagType, document: WsagDocument): string =>
  type === 'application/wsag+xml' ? toXml(document) : toJson(document);
