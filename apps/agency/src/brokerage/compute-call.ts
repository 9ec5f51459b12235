/** The call for proposals that stands behind a compute which a client created by itself (OCCI.md 4). */
import { AgencyError } from '@cloud-agency/errors';
import type { EntityDraft, JsonValue } from '@cloud-agency/occi';
import type { PlaceSet } from '@cloud-agency/sla';

/** The one item of such a call. */
export const itemName = 'compute';

export interface ComputeWish {
  /** Name of the call and of the machine: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** A portable image name; absent: the default one. */
  readonly image?: string;
  /** USD an hour at most. */
  readonly maxPrice: number;
  /** Name of the policy that chooses; absent: the cheapest is taken. */
  readonly policy?: string;
  /** Where it must stand: the place of the storage that it is to be attached to. */
  readonly within?: PlaceSet;
}

/** The document, as JSON, that asks for what the draft says. Sizes given are minimums; what is not given is left to the vendors. */
export function computeCall({ attributes }: Pick<EntityDraft, 'attributes'>, wish: ComputeWish): string {
  const sshKey = textOf(attributes, 'occi.credentials.ssh.publickey', 'org.openstack.credentials.publickey.data');
  const userData = textOf(attributes, 'occi.compute.userdata', 'org.openstack.compute.user_data');
  return JSON.stringify({
    apiVersion: 'cloud-agency/v1',
    kind: 'CallForProposals',
    name: wish.name,
    resources: {
      [itemName]: {
        kind: 'compute',
        require: { ...sizes(attributes), ...requirements(wish) },
        ...(sshKey === undefined ? {} : { ssh_key: sshKey }),
        ...(userData === undefined ? {} : { user_data: plainUserData(userData) }),
      },
    },
    select: { policy: wish.policy ?? 'lowest-cost', proposals: 1 },
    negotiate: { accept: 'best' },
  });
}

/** No vendor tells clock rates, so occi.compute.speed, which clients of OCCI 1.1 send out of habit, asks for nothing; nor does share. */
function sizes(attributes: Attributes): Record<string, string> {
  const least = {
    cores: amount(attributes, 'occi.compute.cores', ''),
    memory: amount(attributes, 'occi.compute.memory', ' GiB'),
    disk: amount(attributes, 'occi.compute.ephemeral_storage.size', ' GiB'),
  };
  return Object.fromEntries(Object.entries(least).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** What is said of no size. OCCI has no word for ARM, and every x64 machine runs x86 programs, so x64 it is. */
const requirements = ({ image, maxPrice, within }: ComputeWish): object => ({
  architecture: 'x64',
  market: 'on-demand',
  max_price: `${String(maxPrice)} USD/h`,
  ...(image === undefined ? {} : { image }),
  ...(within === undefined ? {} : { region: within }),
});

type Attributes = Readonly<Record<string, JsonValue>>;

function amount(attributes: Attributes, name: string, unit: string): string | undefined {
  const value = attributes[name];
  if (typeof value !== 'number') return undefined;
  if (value > 0) return `>= ${String(value)}${unit}`;
  throw new AgencyError('invalid-request', { message: `${name} must be more than 0; it is ${String(value)}.` });
}

function textOf(attributes: Attributes, ...names: readonly string[]): string | undefined {
  return names.map((name) => attributes[name]).find((value) => typeof value === 'string');
}

/** The text renderings have no line breaks, so clients send it in base64 (RFC 4648, 4): that is what it is when it decodes to text. */
function plainUserData(written: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(written) || written === '') return written;
  const decoded = new TextDecoder('utf-8').decode(Buffer.from(written, 'base64'));
  return /^(#!|#cloud-|#include|Content-Type:|MIME-Version:|## template)/.test(decoded) ? decoded : written;
}

/** A name that every vendor takes, from what the client calls the machine. */
export function machineName(wanted: string | undefined, id: string): string {
  const name = (wanted ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? `compute-${id.replace(/[^a-z0-9]/g, '').slice(0, 8)}` : name;
}
