import type { FastifyRequest } from 'fastify';
import type { Cloud } from '../../cloud/cloud.js';
import type { Instance } from '../../cloud/instance.js';

/** A path segment with the matrix parameters behind it: `orders;include_inactive=N`. Hyphens of their names are as good as underscores. */
export function readSegment(segment: string): { readonly name: string; readonly matrix: ReadonlyMap<string, string> } {
  const [name = '', ...pairs] = segment.split(';');
  const matrix = pairs.map((pair): [string, string] => {
    const [key = '', ...value] = pair.split('=');
    return [key.replaceAll('-', '_'), value.join('=').replaceAll('+', ' ')];
  });
  return { name, matrix: new Map(matrix) };
}

/** The instance that `order-<oid>-<anything>` means: only the number counts. */
export function instanceOfOrder(cloud: Cloud, order: string): Instance | undefined {
  const [, oid] = /^order-(\d+)-[^;/]*$/.exec(order) ?? [];
  return oid === undefined ? undefined : cloud.profile.regions.flatMap(({ region }) => cloud.instance(region, oid) ?? [])[0];
}

/** Of the order in its path, of the location in a matrix parameter, or of the location in its body. */
export function regionOfRequest(cloud: Cloud, request: FastifyRequest): string | undefined {
  const segments = decodeURIComponent(request.url.split('?', 1)[0] ?? '').split('/');
  const order = segments.map((segment) => instanceOfOrder(cloud, segment)).find((instance) => instance !== undefined);
  if (order) return order.region;
  const location = segments.map((segment) => readSegment(segment).matrix.get('dc_location')).find((code) => code !== undefined);
  const named = location ?? locationIn(request.body);
  return named !== undefined && cloud.region(named) ? named : undefined;
}

function locationIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || Buffer.isBuffer(body)) return undefined;
  const [inner] = Object.values(body) as unknown[];
  if (typeof inner !== 'object' || inner === null || !('dc_location' in inner)) return undefined;
  return typeof inner.dc_location === 'string' ? inner.dc_location : undefined;
}
