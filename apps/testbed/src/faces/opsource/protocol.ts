import type { FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import type { Testbed } from '../../testbed.js';
import { passwordOf } from '../credentials.js';
import type { Asked, Protocol, Said } from '../protocol.js';
import { basicCredentials } from '../request.js';
import { written, type XmlData, xmlDocument } from '../xml-data.js';
import { asOpsourceError, denied, mishapError, OpsourceError, type Trouble } from './failure.js';

/** The organization that the account belongs to: `orgId` of myaccount, and a part of nearly every path. */
export const organizationOf = (cloud: string): string => uuidOf(`${cloud} organization`);

/** What is the same for both versions: HTTP Basic, and what the gateway says. */
export function protocolOf(testbed: Testbed): Protocol {
  return {
    admit(cloud, request) {
      const given = basicCredentials(request);
      const { username, password } = passwordOf(cloud.name);
      if (given?.user !== username || given.password !== password) throw denied();
      const { org } = request.params as { org?: string };
      if (org !== undefined && org !== organizationOf(cloud.name))
        throw new OpsourceError('forbidden', `${username} is not authorized for organization ${org}.`);
    },
    regionOf: (cloud, request) => regionOf(testbed, cloud, request),
    mishap: mishapError,
    failure(error) {
      const { trouble, message, gateway } = asOpsourceError(error);
      const status = gateway?.status ?? pageStatuses[trouble] ?? 400;
      const headers = {
        ...(status === 401 ? { 'www-authenticate': 'Basic realm="Cloud API"' } : {}),
        ...(gateway?.retryAfter === undefined ? {} : { 'retry-after': String(gateway.retryAfter) }),
      };
      const body = `<html><head><title>Error report</title></head><body><h1>HTTP Status ${status} - ${message}</h1></body></html>`;
      return { status, type: 'text/html;charset=utf-8', body, headers };
    },
  };
}

/** What is answered by a page rather than in the API's own form. */
const pageStatuses: Partial<Readonly<Record<Trouble, number>>> = { denied: 401, forbidden: 403, 'media-type': 415, gateway: 500 };

export const isPage = ({ trouble }: OpsourceError): boolean => pageStatuses[trouble] !== undefined;

/** A server stands in a data center; lists of 2.4 may be asked of one. */
function regionOf(testbed: Testbed, cloud: Cloud, request: FastifyRequest): string | undefined {
  const { id } = request.params as { id?: string };
  const { datacenterId } = request.query as { datacenterId?: string };
  if (id === undefined) return datacenterId;
  const server = testbed.fleet.get(id);
  return server?.cloud === cloud.name ? server.region : undefined;
}

/** One operation of 0.9, whose failures are told as a Status document with HTTP 400. */
export const operation =
  (name: string, answer: (asked: Asked) => Said) =>
  (asked: Asked): Said => {
    try {
      return answer(asked);
    } catch (error) {
      const told = asOpsourceError(error);
      if (isPage(told)) throw told;
      return status(name, 'ERROR', told.message, codes[told.trouble] ?? unspecified, 400);
    }
  };

/** Result codes that are known: go-dd-cloud-compute, compute/errors.go. What the others are called could not be found: they share one. */
const codes: Partial<Readonly<Record<Trouble, string>>> = { busy: 'REASON_392', 'not-found': 'REASON_395', limit: 'REASON_751' };
const unspecified = 'REASON_100';

export const done = (name: string, detail: string): Said => status(name, 'SUCCESS', detail, 'REASON_0', 200);

const status = (name: string, result: string, resultDetail: string, resultCode: string, code: number): Said => ({
  ...document('general', 'Status', { operation: name, result, resultDetail, resultCode }, 'ns6:'),
  status: code,
});

const schemas = 'http://oec.api.opsource.net/schemas';

/** A document of one of the 0.9 schemas. Some of them come with prefixes and some do not: clients have to read namespaces. */
export function document(schema: string, root: string, content: { readonly [name: string]: XmlData }, prefix = ''): Said {
  const declared = prefix === '' ? '@xmlns' : `@xmlns:${prefix.slice(0, -1)}`;
  const body = written(root, { [declared]: `${schemas}/${schema}`, ...content }, prefix);
  return { type: 'application/xml', body: xmlDocument(body) };
}
