import type { Offer } from '../offer.js';

/** What a size has of each attribute that belongs to the size and not to the place that sells it. NaN is unknown. */
export const sizeAttributes = ['cores', 'memory', 'disk', 'gpu', 'cpu_speed', 'io_speed', 'performance'] as const;
export type SizeAttribute = (typeof sizeAttributes)[number];

export type Size = { readonly [Attribute in SizeAttribute]?: number | null | undefined } & {
  readonly architecture: string | null;
};

/** null for what is unknown; what few sizes have stands apart. */
interface ToldSize extends Pick<Offer, 'cores' | 'memory' | 'disk' | 'gpu' | 'architecture'> {
  readonly isPlain: boolean;
  readonly rare: Pick<Offer, 'cpu_speed' | 'io_speed' | 'performance'>;
}

/**
 * The sizes that a table's rows are of, in columns: a size is kept once, however many places sell it, so what is asked of a size is asked once.
 * It only grows, and what is there never changes: all versions of a table share it.
 */
export class Sizes {
  private readonly codes = new Map<string, number>();
  private readonly columns: Record<SizeAttribute, number[]> = {
    cores: [],
    memory: [],
    disk: [],
    gpu: [],
    cpu_speed: [],
    io_speed: [],
    performance: [],
  };
  private readonly told: ToldSize[] = [];
  readonly architectures: (string | null)[] = [];

  get count(): number {
    return this.architectures.length;
  }

  /** The values of an attribute by size, NaN where unknown. */
  of(attribute: SizeAttribute): readonly number[] {
    return this.columns[attribute];
  }

  /** What an offer of a size says of it. */
  at(code: number): ToldSize {
    return (this.told[code] ??= this.tell(code));
  }

  /** All that is known of a size. */
  whole(code: number): Size {
    const { cores, memory, disk, gpu, architecture, rare } = this.at(code);
    return { cores, memory, disk, gpu, architecture, ...rare };
  }

  /** The same sizes under the same codes, to which others can be added apart from these. */
  copy(): Sizes {
    const copy = new Sizes();
    for (let code = 0; code < this.count; code += 1) copy.code(this.whole(code));
    return copy;
  }

  private tell(code: number): ToldSize {
    const value = (attribute: SizeAttribute) => orNull(this.columns[attribute][code]);
    const [cpu, io, performance] = [value('cpu_speed'), value('io_speed'), value('performance')];
    return {
      cores: value('cores'),
      memory: value('memory'),
      disk: value('disk'),
      gpu: value('gpu'),
      architecture: this.architectures[code] ?? null,
      isPlain: cpu === null && io === null && performance === null,
      rare: {
        ...(cpu !== null && { cpu_speed: cpu }),
        ...(io !== null && { io_speed: io }),
        ...(performance !== null && { performance }),
      },
    };
  }

  /** The position of a size; one that is new is added. */
  code(size: Size): number {
    const key = `${sizeAttributes.map((attribute) => size[attribute] ?? '').join(' ')} ${size.architecture ?? ''}`;
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    for (const attribute of sizeAttributes) this.columns[attribute].push(size[attribute] ?? NaN);
    const code = this.architectures.push(size.architecture) - 1;
    this.codes.set(key, code);
    return code;
  }
}

function orNull(value = NaN): number | null {
  return Number.isNaN(value) ? null : value;
}
