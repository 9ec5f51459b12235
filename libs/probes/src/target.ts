import type { HttpAsk } from '@cloud-agency/sla';
import { isIP, isIPv6 } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Where a request goes: always to the machine, under whatever name it is asked. The options of node's `request`. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rejectUnauthorized?: boolean;
  /** The name that TLS asks for, and that the certificate is checked against; absent: the address. */
  readonly servername?: string;
  readonly secureContext?: SecureContext;
}

/** Undefined when it is not a URL that names the machine and nothing else. */
export function targetOf(ask: HttpAsk, address: string): Target | undefined {
  const url = urlAt(ask.url, address);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return isHost(parsed, [hostOf(address)]) ? target(parsed, ask, address, ask.method ?? 'GET') : undefined;
}

/** A URL with the machine's address in place of `{address}`. */
export const urlAt = (url: string, address: string): string => url.replaceAll('{address}', hostOf(address));

const followed: readonly number[] = [301, 302, 303, 307, 308];

/** Where an answer redirects to; undefined when it does not, a sentence when that is not the machine. */
export function nextTarget(
  from: Target,
  { status, location }: { readonly status: number; readonly location: string | undefined },
  ask: HttpAsk,
  address: string,
): Target | string | undefined {
  if (location === undefined || !followed.includes(status)) return undefined;
  const base = `${from.protocol}//${hostOf(address)}${from.port && `:${from.port}`}${from.path}`;
  if (!URL.canParse(location, base)) return `HTTP ${String(status)} to what is no URL`;
  const url = new URL(location, base);
  const { serverName = address } = ask.tls ?? {};
  if (!isHost(url, [hostOf(address), serverName])) return `HTTP ${String(status)} to elsewhere: ${url.host.slice(0, 100)}`;
  return target(url, ask, address, status >= 307 ? from.method : 'GET');
}

/** As URLs have it: an IPv6 address in brackets, and in its shortest form. */
function hostOf(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address.split('%')[0] ?? ''}]/`).hostname : address;
}

const isHost = ({ protocol, hostname }: URL, hosts: readonly string[]): boolean =>
  ['http:', 'https:'].includes(protocol) && hosts.some((host) => host.toLowerCase() === hostname.toLowerCase());

function target(url: URL, { headers, tls }: HttpAsk, address: string, method: string): Target {
  const host = tls?.serverName === undefined ? url.host : `${tls.serverName}${url.port && `:${url.port}`}`;
  return {
    protocol: url.protocol,
    hostname: address,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    method,
    headers: { Host: host, ...headers },
    ...(url.protocol === 'https:' ? secured(tls ?? {}) : {}),
  };
}

function secured({ verify = true, serverName, ca }: NonNullable<HttpAsk['tls']>): Partial<Target> {
  return {
    rejectUnauthorized: verify,
    secureContext: contextOf(ca),
    ...(serverName !== undefined && isIP(serverName) === 0 ? { servername: serverName } : {}),
  };
}

/** Made once for all who trust the same: that takes longer than a request. */
const contexts = new Map<string | undefined, SecureContext>();
const mostContexts = 1_000;

function contextOf(ca: string | undefined): SecureContext {
  const known = contexts.get(ca) ?? createSecureContext(ca === undefined ? {} : { ca });
  if (contexts.size >= mostContexts) contexts.clear();
  contexts.set(ca, known);
  return known;
}
