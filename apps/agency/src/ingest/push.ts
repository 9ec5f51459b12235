import { AgencyError } from '@cloud-agency/errors';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Figures as they were sent. */
export interface Push {
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly from: Sender;
}

/** Whose figures somebody may send: those of any resource of a tenant, or of the one machine that an agent runs on. */
export type Sender = { readonly tenant: string } | { readonly resource: string; readonly placement: string };

export interface PushAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Of a body once it is unpacked. */
const mostBytes = 4 * 1024 * 1024;
const unzip = promisify(gunzip);

/** @throws AgencyError unsupported-media-type, invalid-request, too-large. */
export async function unpacked({ headers, body }: Push): Promise<Buffer> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new AgencyError('unsupported-media-type', {
      message: `Content-Encoding is ${encoding.slice(0, 40)}; gzip is read here, or none.`,
      encodings: 'gzip',
    });
  try {
    return await unzip(body, { maxOutputLength: mostBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new AgencyError('too-large', { message: 'Unpacked, the body has more than 4 MiB. Send less at a time.' }, { cause });
    throw new AgencyError('invalid-request', { message: 'The body is not gzip, though Content-Encoding says so.' }, { cause });
  }
}
