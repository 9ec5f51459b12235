import { AgencyError } from '@cloud-agency/errors';
import type { IncomingHttpHeaders } from 'node:http';

/** `localhost`, names under it (RFC 6761, 6.3), and loopback addresses; with or without a port. */
const here = /^(?:(?:[\w-]+\.)*localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Where nobody signs in, whoever runs on this machine may do everything, and a page that its browser shows must not do so in their name: neither by a form or a
 * script (its `Origin` is another's), nor by a name of its own that leads here (its `Host` is no name of this machine: DNS rebinding).
 * @throws AgencyError forbidden.
 */
export function assertFromHere({ host, origin }: IncomingHttpHeaders): void {
  if (host !== undefined && !here.test(host))
    throw new AgencyError('forbidden', {
      message: `Without sign-in (AGENCY_AUTH) requests are taken at a loopback address or localhost, not at "${host.slice(0, 100)}". A proxy has to send such a Host.`,
    });
  if (origin === undefined || isOwn(origin, host)) return;
  throw new AgencyError('forbidden', {
    message: `Without sign-in (AGENCY_AUTH) no request is taken that a page of another origin sends: "${origin.slice(0, 100)}".`,
  });
}

const isOwn = (origin: string, host: string | undefined): boolean =>
  host !== undefined && URL.canParse(origin) && new URL(origin).host === new URL(`${new URL(origin).protocol}//${host}`).host;
