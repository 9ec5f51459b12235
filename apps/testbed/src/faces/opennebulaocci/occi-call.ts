import type { RegionProfile } from '../../catalogue/profile.js';
import type { Cloud } from '../../cloud/cloud.js';
import type { Testbed } from '../../testbed.js';
import { type MarkupElement, parseMarkup } from '../markup.js';

/** A request to one OCCI server by somebody who has proved who he is. */
export interface OcciCall {
  readonly testbed: Testbed;
  readonly cloud: Cloud;
  readonly region: RegionProfile;
  /** Where the server is found: every `href` begins with it. */
  readonly base: string;
  readonly id: string;
  /** Lists show all of everything. */
  readonly isVerbose: boolean;
  readonly body: string;
}

export interface OcciAnswer {
  readonly status: number;
  readonly body: string;
}

/** @throws OcciError */
export type Handler = (call: OcciCall) => OcciAnswer;

/** What the server refuses with: a status, and a line of text. */
export class OcciError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'OcciError';
  }
}

const kinds = { VirtualMachine: 'virtual machine', VirtualNetwork: 'virtual network', Image: 'image', User: 'user' } as const;

/** In the words of OpenNebula itself, which the server passes on. */
export const notFound = (kind: keyof typeof kinds, id: string): OcciError =>
  new OcciError(404, `[${kind}Info] Error getting ${kinds[kind]} [${id}].`);

export const found = (body: string, status = 200): OcciAnswer => ({ status, body });

/** The document sent, whose root must be of that name. @throws OcciError */
export function bodyCalled({ body }: OcciCall, name: string): MarkupElement {
  const root = parseMarkup(body);
  if (root?.name === name) return root;
  throw new OcciError(500, `Missing ${name} section in the XML body`);
}

/** The last part of what an `href` leads to. */
export const idIn = (element: MarkupElement | undefined): string | undefined => element?.attributes.href?.split('/').at(-1);

export const owner = ({ base, cloud }: OcciCall): string =>
  `<USER href="${base}/user/${ownUser}" name="${cloud.name}-user"/><GROUP>users</GROUP>`;

export const ownUser = '2';
