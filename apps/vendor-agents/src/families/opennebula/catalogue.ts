import { freeSizes, readFreeSize } from '../../vendor/free-sizes.js';
import type { Size } from '../../vendor/port.js';
import { VendorError } from '../../vendor/vendor-error.js';
import { list, number, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';

/** A template of the cloud, as far as machines are made of it. Memory and disk in GiB. */
export interface MachineTemplate {
  readonly id: number;
  readonly name: string;
  readonly cores: number;
  /** What is guaranteed of them: a share of one, or more. */
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number | null;
  readonly requirements: string | undefined;
  /** What it hands to the system in the machine. */
  readonly context: Readonly<Record<string, string>>;
}

export interface Image {
  readonly id: string;
  readonly name: string;
  /** GiB */
  readonly size: number | undefined;
  /** Seconds since 1970. */
  readonly created: string | undefined;
  readonly architecture: string | undefined;
  readonly isSystem: boolean;
}

/** What is to be instantiated, and with what in place of what the template says. */
export interface Chosen {
  readonly template: MachineTemplate;
  readonly cores: number;
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number | null;
  /** The template says so itself. */
  readonly asTemplated: boolean;
}

/** What free sizes are offered: a cloud does not say how large its machines may be. */
const freeLimits = { cores: [1, 32], memory: [0.5, 128], disk: [10, 500] } as const;

/** Templates are the sizes by which users of a cloud know its machines; beside them any other cores, memory and disk can be had. */
export const sizesOf = (templates: readonly MachineTemplate[]): readonly Size[] => {
  const named = templates.map(({ name, cores, memory, disk }) => ({ name, cores, memory, disk, gpu: null, architecture: 'x64' }));
  const unique = new Map(named.map((size) => [size.name, size]));
  return [...unique.values(), ...(named.length === 0 ? [] : freeSizes(freeLimits).filter(({ name }) => !unique.has(name)))];
};

/**
 * @param base the name or number of the template that free sizes are made of; the first without it.
 * @throws VendorError not-found, invalid-request
 */
export function chosenSize(templates: readonly MachineTemplate[], size: string, base: string | undefined): Chosen {
  const named = templates.find(({ name }) => name === size);
  if (named) return { ...named, template: named, asTemplated: true };
  const free = readFreeSize(size);
  const template = base === undefined ? templates[0] : templates.find(({ id, name }) => name === base || String(id) === base);
  if (!template) throw new VendorError('not-found', `the cloud has no template ${base ?? 'at all'} to make machines of`);
  return { template, ...free, cpu: free.cores, asTemplated: false };
}

/** VMTEMPLATE_POOL; those without memory make no machine by themselves. */
export function templatesOf(pool: XmlElement, images: readonly Image[]): readonly MachineTemplate[] {
  return list(pool, [], 'VMTEMPLATE').flatMap((entry) => {
    const [id, name, memory] = [number(entry, 'ID'), text(entry, 'NAME'), number(entry, 'TEMPLATE', 'MEMORY')];
    if (id === undefined || name === undefined || memory === undefined) return [];
    return [
      {
        id,
        name,
        ...coresOf(entry),
        memory: memory / 1024,
        disk: diskOf(entry, images),
        requirements: text(entry, 'TEMPLATE', 'SCHED_REQUIREMENTS'),
        context: contextOf(entry),
      },
    ];
  });
}

/** VCPU is what the machine sees, CPU what it is guaranteed; without the first the second rounded up (VM template reference, Capacity). */
function coresOf(entry: XmlNode): Pick<MachineTemplate, 'cores' | 'cpu'> {
  const [vcpu, cpu] = [number(entry, 'TEMPLATE', 'VCPU'), number(entry, 'TEMPLATE', 'CPU')];
  return { cores: vcpu ?? Math.max(1, Math.ceil(cpu ?? 1)), cpu: cpu ?? vcpu ?? 1 };
}

/** Of its first disk: SIZE in MiB, else that of the image. */
function diskOf(entry: XmlNode, images: readonly Image[]): number | null {
  const [disk] = list(entry, ['TEMPLATE'], 'DISK');
  if (disk === undefined) return null;
  const size = number(disk, 'SIZE');
  if (size !== undefined) return size / 1024;
  const [id, name] = [text(disk, 'IMAGE_ID'), text(disk, 'IMAGE')];
  return images.find((image) => (id === undefined ? image.name === name : image.id === id))?.size ?? null;
}

function contextOf(entry: XmlNode): Readonly<Record<string, string>> {
  const [context] = list(entry, ['TEMPLATE'], 'CONTEXT');
  if (context === undefined || typeof context === 'string') return {};
  return Object.fromEntries(Object.keys(context).map((name) => [name, text(context, name) ?? '']));
}

/** IMAGE_POOL: TYPE 0 is the disk of an operating system; SIZE in MiB. */
export const imagesOf = (pool: XmlElement): readonly Image[] =>
  list(pool, [], 'IMAGE').flatMap((entry) => {
    const [id, name, size] = [text(entry, 'ID'), text(entry, 'NAME'), number(entry, 'SIZE')];
    if (id === undefined || name === undefined) return [];
    return [
      {
        id,
        name,
        size: size === undefined ? undefined : size / 1024,
        created: text(entry, 'REGTIME'),
        architecture: text(entry, 'TEMPLATE', 'ARCH'),
        isSystem: (number(entry, 'TYPE') ?? 0) === 0,
      },
    ];
  });
