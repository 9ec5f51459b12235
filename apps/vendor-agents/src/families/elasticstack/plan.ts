/**
 * What is still to be done with a server. Drives, memory and a later start want it stopped ("Set server configuration": an active server
 * lets its name, MHz, tags and user data be set, and nothing else). The server itself carries the plan, so that whoever looks at it next
 * goes on, also after a crash.
 */
export interface Plan {
  /** What is to be written to the drive that it boots from, and whether that is gzipped. */
  readonly image?: { readonly source: string; readonly isPacked: boolean };
  readonly cpu?: number;
  readonly mem?: number;
  /** Bytes of the drive that it boots from. */
  readonly disk?: number;
  /** A drive that is to become a copy of that one. */
  readonly copy?: string;
  readonly attach?: readonly string[];
  readonly detach?: readonly string[];
  /** It is to run after that. */
  readonly start: boolean;
  /** It has never run: an image may still be on its way to the drive that it boots from. */
  readonly fresh?: true;
  /** When it began to run, if it ran as this was planned, seconds since 1970; null when it did not. */
  readonly since: number | null;
}

/** A key of a server's own user data. */
export const planKey = 'agency.plan';

export function readPlan(user: Readonly<Record<string, string>>): Plan | undefined {
  const written = user[planKey] ?? '';
  if (written === '') return undefined;
  try {
    const plan = JSON.parse(written) as Plan | null;
    return plan !== null && typeof plan === 'object' ? plan : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing is planned any more when the key is empty: a key is set, and cannot be taken away. */
export const writtenPlan = (plan: Plan | undefined): string => (plan ? JSON.stringify(plan) : '');

/** What is left of it when the server is stopped, and has all that it was to be stopped for. */
export const startOf = ({ start, fresh }: Plan): Plan => ({ start, since: null, ...(fresh ? { fresh } : {}) });

/** Whether there is something that only a stopped server lets be done. */
export const needsRest = ({ cpu, mem, disk, copy, attach = [], detach = [] }: Plan): boolean =>
  [cpu, mem, disk, copy].some((wanted) => wanted !== undefined) || attach.length + detach.length > 0;
