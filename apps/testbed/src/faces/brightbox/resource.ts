import { digest } from '../../cloud/digest.js';
import type { Call } from './api.js';

/** What begins an identifier, e.g. `srv`, and what the resource is called. */
const kinds = {
  account: 'acc',
  cloud_ip: 'cip',
  image: 'img',
  interface: 'int',
  server: 'srv',
  server_type: 'typ',
  volume: 'vol',
  zone: 'zon',
} as const;
export type Kind = keyof typeof kinds;

/** An identifier that depends on nothing but the text. */
export const idOf = (kind: Kind, text: string): string => `${kinds[kind]}-${digest(`${kind} ${text}`, 5)}`;

/** One that nothing else has: five digits are few. */
export function newId({ testbed }: Call, kind: Kind, taken: (id: string) => boolean): string {
  for (;;) {
    const id = idOf(kind, testbed.numbers.next());
    if (!taken(id)) return id;
  }
}

/** What every resource begins with. */
export const resourceOf = ({ base }: Call, kind: Kind, id: string) => ({
  id,
  resource_type: kind,
  url: `${base}/${kind}s/${id}`,
});

export const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
export const mib = (gib: number): number => Math.round(gib * 1024);
