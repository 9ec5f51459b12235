/** Conditional requests (RFC 9110, 13): an entity's tag is that of its content, with the rendering behind a dot. */
import { AgencyError } from '@cloud-agency/errors';
import { hash } from 'node:crypto';
import type { MediaType } from './media.js';
import type { Answer, FrontRequest } from './message.js';

export const entityTag = (content: string, type: MediaType): string =>
  `"${hash('sha1', content, 'hex')}.${type.replace(/\W/g, '-')}"`;

/** The answer with its tag, or 304 when the client has it. */
export function tagged(answer: Answer, tag: string, { headers }: FrontRequest): Answer {
  const tagHeader = { ...answer.headers, ETag: tag };
  const known = headers['if-none-match'];
  if (known === undefined || !(known.trim() === '*' || tagsIn(known).map(strongForm).includes(tag)))
    return { ...answer, headers: tagHeader };
  return { status: 304, type: answer.type, body: '', headers: { ETag: tag } };
}

/** What a client read may be older than what it is about to change, in whatever rendering it read it. @throws AgencyError precondition-failed. */
export function assertUnchanged(content: () => string, { headers, path }: FrontRequest): void {
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted.trim() !== '*') {
    const now = hash('sha1', content(), 'hex');
    if (!tagsIn(wanted).some((tag) => tag.startsWith(`"${now}.`)))
      throw new AgencyError('precondition-failed', {
        message: `${path.slice(0, 200)} has changed since it was read (If-Match). GET it again.`,
      });
  }
  if (headers['if-none-match']?.trim() === '*')
    throw new AgencyError('precondition-failed', {
      message: `${path.slice(0, 200)} exists, and If-None-Match: * wants that it does not.`,
    });
}

/** To read again, a tag that a proxy made weak is as good (RFC 9110, 13.1.2); to change, it is not: what has one was changed on its way. */
const strongForm = (tag: string): string => tag.replace(/^W\//, '');

const tagsIn = (list: string): string[] => list.split(',').map((tag) => tag.trim());
