import type { Place } from './shelf.js';

/** What everything of a network has in common. Times are milliseconds since 1970. */
interface NetworkPart extends Place {
  /** `vpc-`, `subnet-` or `eni-` and 17 hexadecimal digits, or a UUID. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** EC2 tags; Neutron's tags are keys without values. */
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

/** A network of an account's own: EC2's VPC. */
export interface Network extends NetworkPart {
  /** CIDR that its subnets lie in; null where a network has none of its own. */
  readonly range: string | null;
  readonly state: 'pending' | 'available';
  readonly change: { readonly to: 'available'; readonly at: number } | null;
}

export interface Subnet extends NetworkPart {
  readonly network: string;
  /** null: of all zones. */
  readonly zone: string | null;
  /** CIDR. */
  readonly range: string;
  readonly gateway: string | null;
  /** How many addresses at its beginning are nobody's. */
  readonly reserved: number;
  readonly change: null;
}

export type InterfaceState = 'available' | 'attaching' | 'in-use' | 'detaching';

/** An interface in a network: EC2's ENI, Neutron's port. */
export interface Interface extends NetworkPart {
  readonly network: string;
  /** null in a network without subnets; then it has no address either. */
  readonly subnet: string | null;
  readonly zone: string | null;
  readonly address: string | null;
  readonly mac: string;
  readonly state: InterfaceState;
  readonly change: { readonly to: 'available' | 'in-use'; readonly at: number } | null;
  readonly attachment: InterfaceAttachment | null;
  /** Made for the instance it is attached to: it goes when it is taken from it. */
  readonly passing: boolean;
  /** EC2: the client token, and a digest of the request it came with. */
  readonly request: { readonly token: string | null; readonly digest: string } | null;
}

export interface InterfaceAttachment {
  readonly id: string;
  /** The id of the instance. */
  readonly instance: string;
  /** Its place among the instance's interfaces; the one that it came with has 0. */
  readonly index: number;
  readonly at: number;
}
