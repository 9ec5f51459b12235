import { digest } from '../../cloud/digest.js';
import { Ec2Error } from './ec2-error.js';

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** What may differ between two requests for the same: the token, and what Signature Version 2 puts among the parameters. */
const passing: ReadonlySet<string> = new Set([
  ...['ClientToken', 'AWSAccessKeyId', 'Signature', 'SignatureVersion', 'SignatureMethod', 'Timestamp', 'Expires'],
]);

/** The parameters of an EC2 query request, lists and structures by their indexed names (`InstanceId.1`, `Filter.1.Value.2`). */
export class Query {
  private constructor(private readonly parameters: ReadonlyMap<string, string>) {}

  static parse(form: string): Query {
    return new Query(new Map(new URLSearchParams(form)));
  }

  /** The names and values, as they were sent. */
  entries(): readonly (readonly [string, string])[] {
    return [...this.parameters];
  }

  get(name: string): string | undefined {
    return this.parameters.get(name);
  }

  /** @throws Ec2Error MissingParameter */
  require(name: string): string {
    const value = this.get(name);
    if (value) return value;
    throw new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`);
  }

  /** @throws Ec2Error InvalidParameterValue when it is not a whole number within the limits. */
  integer(name: string, { least, most, fallback }: { least: number; most: number; fallback: number }): number {
    const text = this.get(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value ( ${text} ) for parameter ${name} is invalid. It must be between ${least} and ${most}.`,
    );
  }

  list(name: string): string[] {
    return this.indices(name).flatMap((index) => this.get(`${name}.${index}`) ?? []);
  }

  /** The indexed structures of a name, each to be read with `get` below its prefix: `TagSpecification.1`, … */
  structures(name: string): string[] {
    return this.indices(name).map((index) => `${name}.${index}`);
  }

  filters(): Filter[] {
    return this.structures('Filter').map((prefix) => ({
      name: this.require(`${prefix}.Name`),
      values: this.list(`${prefix}.Value`),
    }));
  }

  tags(name: string): Record<string, string> {
    return Object.fromEntries(
      this.structures(name).map((prefix) => [this.require(`${prefix}.Key`), this.get(`${prefix}.Value`) ?? '']),
    );
  }

  /** The tags that a creating request wants on things of this type, e.g. `volume`. */
  tagsFor(resourceType: string): Record<string, string> {
    return Object.assign(
      {},
      ...this.structures('TagSpecification')
        .filter((prefix) => this.get(`${prefix}.ResourceType`) === resourceType)
        .map((prefix) => this.tags(`${prefix}.Tag`)),
    ) as Record<string, string>;
  }

  /** Equal for requests that ask for the same, whatever token they bear. */
  digest(): string {
    const told = [...this.parameters].filter(([name]) => !passing.has(name)).map(([name, value]) => `${name}=${value}`);
    return digest(told.sort().join('\n'), 32);
  }

  private indices(name: string): number[] {
    const found = new Set<number>();
    for (const key of this.parameters.keys()) {
      if (!key.startsWith(`${name}.`)) continue;
      const index = Number.parseInt(key.slice(name.length + 1), 10);
      if (index > 0) found.add(index);
    }
    return [...found].sort((a, b) => a - b);
  }
}
