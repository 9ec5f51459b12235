import { createHash } from 'node:crypto';

/** What a machine's name says where the cloud has no tags. */
export interface MachineLabel {
  /** Of the installation: see `installationMark`. */
  readonly mark: string;
  readonly placement: string;
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const pattern = new RegExp(`(?:^|-)([0-9a-f]{6})-(${uuid})$`);
/** A mark, the two hyphens and a UUID. */
const fixedLength = 6 + 36 + 2;

/** Six digits that tell one installation of the Agency from the others that may share an account. */
export const installationMark = (installation: string): string =>
  createHash('sha256').update(installation).digest('hex').slice(0, 6);

/**
 * The name of a machine at a cloud without tags: the wanted one, as much of it as fits, then which installation asked for it and for which
 * placement (`token`, a UUID). Letters, digits and hyphens only, beginning with a letter.
 */
export function machineLabel(name: string, installation: string, token: string, maxLength = 63): string {
  const room = Math.max(0, maxLength - fixedLength);
  const wanted = name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, room)
    .replace(/-+$/, '');
  return [wanted === '' && room > 0 ? 'm' : wanted, installationMark(installation), token]
    .filter((part) => part !== '')
    .join('-');
}

/** Undefined for a name that `machineLabel` has not made. */
export function readMachineLabel(name: string): MachineLabel | undefined {
  const [, mark, placement] = pattern.exec(name) ?? [];
  return mark !== undefined && placement !== undefined ? { mark, placement } : undefined;
}
