import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { Refusal } from '../../cloud/refusal.js';
import type { Testbed } from '../../testbed.js';
import { accessKeyOf } from '../credentials.js';
import type { Mishap } from '../mishap.js';
import type { Protocol, Said } from '../protocol.js';
import { bodyText } from '../request.js';
import { written, type XmlData, xmlDocument } from '../xml-data.js';

/** A failure as hAPI tells it: `<rsp stat="fail"><err code="" msg=""/></rsp>`, with HTTP 200 unless something before it has failed. */
export class HapiError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly http: { readonly status: number; readonly retryAfter?: number } = { status: 200 },
  ) {
    super(message);
    this.name = 'HapiError';
  }
}

/** api.voxel.net/docs, Method Specific Error Codes of voxel.voxcloud.status and voxel.devices.power. */
export const unknownDevice = (): HapiError => new HapiError(100, 'Unknown device');
export const actionFailed = (reason: string): HapiError => new HapiError(201, `Device action failed (${reason})`);

/** The documents name no code for these two that could be found: the codes are the testbed's own. */
export const badParameter = (message: string): HapiError => new HapiError(2, message);
export const unknownMethod = (name: string): HapiError => new HapiError(3, `Unknown method: '${name}'`);

const badLogin = (): HapiError => new HapiError(1, 'Invalid login or password');

export function protocolOf(testbed: Testbed): Protocol {
  return {
    actionOf: (request) => parametersOf(request).get('method') ?? '',
    regionOf: (cloud, request) => regionOf(testbed, cloud, parametersOf(request)),
    admit(cloud, request) {
      const parameters = parametersOf(request);
      const { id, secret } = keyOf(cloud);
      const dated = Number.isFinite(Date.parse((parameters.get('timestamp') ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2')));
      if (parameters.get('key') !== id || !dated || parameters.get('api_sig') !== signature(secret, parameters)) throw badLogin();
    },
    mishap: mishapError,
    failure(error) {
      const { code, message, http } = asHapiError(error);
      const headers = http.retryAfter === undefined ? {} : { 'retry-after': String(http.retryAfter) };
      return { ...rsp({ '@stat': 'fail', err: { '@code': code, '@msg': message } }), status: http.status, headers };
    },
  };
}

export const ok = (content: { readonly [name: string]: XmlData } = {}): Said => rsp({ '@stat': 'ok', ...content });

const rsp = (content: XmlData): Said => ({ type: 'text/xml; charset=utf-8', body: xmlDocument(written('rsp', content)) });

export const keyOf = ({ name }: Cloud): { readonly id: string; readonly secret: string } => accessKeyOf(name);

/** From the query and, where there is one, a form. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  const parameters = new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? '');
  for (const [name, value] of new URLSearchParams(bodyText(request))) parameters.set(name, value);
  return parameters;
}

/** The MD5 of the secret and every parameter's name and value, by name (api.voxel.net/docs; VENDORS.md, Voxel). */
function signature(secret: string, parameters: URLSearchParams): string {
  const signed = [...parameters].filter(([name]) => name !== 'api_sig').sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('md5')
    .update(secret + signed.flat().join(''))
    .digest('hex');
}

function regionOf({ fleet }: Testbed, cloud: Cloud, parameters: URLSearchParams): string | undefined {
  const device = fleet.get(parameters.get('device_id') ?? '');
  return device?.cloud === cloud.name ? device.region : (parameters.get('facility') ?? undefined);
}

function mishapError(mishap: Mishap): HapiError {
  switch (mishap.kind) {
    case 'rate-limit':
      return new HapiError(429, 'Too many requests', { status: 429, retryAfter: mishap.retryAfter });
    case 'region-down':
      return new HapiError(503, 'Service unavailable', { status: 503 });
    case 'server-error':
      return new HapiError(500, 'Internal error', { status: 500 });
    case 'revoked':
      return badLogin();
  }
}

function asHapiError(error: unknown): HapiError {
  if (error instanceof HapiError) return error;
  if (!(error instanceof Refusal)) throw error;
  if (error.reason === 'quota') return actionFailed(`quota of VoxCLOUD servers exceeded: ${error.message}`);
  if (error.reason === 'no-capacity') return actionFailed(`insufficient capacity: ${error.message}`);
  return actionFailed(error.message);
}
