import { CloudStackFault, invalid } from './fault.js';

/** The parameters of a command; their names are written in any case, an empty value is none. */
export class Params {
  private readonly values: ReadonlyMap<string, string>;

  constructor(given: Iterable<readonly [string, string]>) {
    this.values = new Map([...given].map(([name, value]) => [name.toLowerCase(), value]));
  }

  get(name: string): string | undefined {
    return this.values.get(name) || undefined;
  }

  get command(): string {
    return this.get('command') ?? '';
  }

  /** @throws CloudStackFault 431 */
  require(name: string): string {
    const value = this.get(name);
    if (value !== undefined) return value;
    throw new CloudStackFault(
      431,
      `Unable to execute API command ${this.command.toLowerCase()} due to missing parameter ${name}`,
    );
  }

  flag(name: string): boolean {
    return this.get(name)?.toLowerCase() === 'true';
  }

  /** @throws CloudStackFault 431 */
  integer(name: string): number | undefined {
    const text = this.get(name);
    if (text === undefined) return undefined;
    if (/^-?\d+$/.test(text)) return Number(text);
    throw invalid(
      `Unable to execute API command ${this.command.toLowerCase()} due to invalid value. Invalid parameter ${name} value=${text}`,
    );
  }

  /** Names with commas between them. */
  list(name: string): readonly string[] {
    return this.get(name)?.split(',') ?? [];
  }

  /** A map as CloudStack writes it: `tags[0].key=a&tags[0].value=b`. */
  pairs(name: string): Readonly<Record<string, string>> {
    const pairs: Record<string, string> = {};
    for (const [parameter, key] of this.values) {
      if (!parameter.startsWith(`${name}[`) || !parameter.endsWith('].key')) continue;
      pairs[key] = this.values.get(`${parameter.slice(0, -'key'.length)}value`) ?? '';
    }
    return pairs;
  }
}
