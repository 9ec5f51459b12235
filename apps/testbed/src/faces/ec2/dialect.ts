import { digest } from '../../cloud/digest.js';
import type { Testbed } from '../../testbed.js';
import { type Ami, offeredAmis } from './amis.js';

/** What differs between the clouds that speak EC2's query protocol. */
export interface Ec2Dialect {
  /** Hexadecimal digits of an identifier. */
  readonly idDigits: 8 | 17;
  /** Machines stand in a VPC and have interfaces in it, and public addresses have identifiers. Otherwise there is nothing of the kind. */
  readonly vpc: boolean;
  /** What identifiers of images begin with. */
  readonly imagePrefix: 'ami' | 'emi';
  readonly endpointOf: (region: string) => string;
  /** The images that it offers to everybody. */
  readonly images: (region: string) => readonly Ami[];
}

export const amazon: Ec2Dialect = {
  idDigits: 17,
  vpc: true,
  imagePrefix: 'ami',
  endpointOf: (region) => `ec2.${region}.amazonaws.com`,
  images: offeredAmis,
};

/** An identifier that nothing has, e.g. `i-0123456789abcdef0`. */
export const newId = ({ testbed, dialect }: { testbed: Testbed; dialect: Ec2Dialect }, prefix: string): string =>
  `${prefix}-${digest(testbed.ids.next(), dialect.idDigits)}`;
