import type { Ids } from '@cloud-agency/runtime';

/**
 * revoked: the account's credentials are refused. malformed, wrong-content-type: a request has its effect, and its answer is cut off or
 * replaced on its way. slow-boot: a machine takes so much longer. short-pages: lists come in pages of two.
 */
export const faultKinds = [
  ...(['no-capacity', 'quota', 'slow', 'server-error', 'rate-limit', 'region-down', 'boot-error'] as const),
  ...(['revoked', 'malformed', 'wrong-content-type', 'slow-boot', 'short-pages'] as const),
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What an operator switches on. A place left out means all of them. */
export interface FaultOrder {
  readonly fault: FaultKind;
  readonly cloud: string;
  readonly region?: string;
  /** Only where a zone is known: no-capacity, boot-error, region-down. */
  readonly zone?: string;
  /** slow: how long each request waits; slow-boot: how much longer a machine takes. */
  readonly delay_ms?: number;
  /** rate-limit: seconds told to the client. */
  readonly retry_after?: number;
  /** It lets so many go by before it strikes. */
  readonly after?: number;
  /** It strikes so often and is gone; without it, until it is taken back. */
  readonly times?: number;
  /** Of striking, each time it could; 1 without it. */
  readonly probability?: number;
}

export interface Fault extends FaultOrder {
  readonly id: string;
  readonly struck: number;
}

export interface FaultPlace {
  readonly cloud: string;
  readonly region?: string;
  readonly zone?: string;
}

/** The faults switched on at present. They end with the process: a restarted testbed has none. */
export class Faults {
  private readonly faults = new Map<string, Fault>();

  constructor(
    private readonly ids: Ids,
    private readonly random: () => number,
  ) {}

  add(order: FaultOrder): Fault {
    const fault = { ...order, id: this.ids.next(), struck: 0 };
    this.faults.set(fault.id, fault);
    return fault;
  }

  list(): Fault[] {
    return [...this.faults.values()];
  }

  /** False when there is no such fault (any more). */
  remove(id: string): boolean {
    return this.faults.delete(id);
  }

  clear(): void {
    this.faults.clear();
  }

  /** The fault of this kind that strikes here now, and counts it; a fault of one zone strikes only where that zone is asked about. */
  strike(kind: FaultKind, place: FaultPlace): Fault | undefined {
    const fault = this.list().find((candidate) => candidate.fault === kind && isAt(candidate, place) && this.happens(candidate));
    if (!fault) return undefined;
    const { after = 0 } = fault;
    if (after > 0) {
      this.faults.set(fault.id, { ...fault, after: after - 1 });
      return undefined;
    }
    const struck = { ...fault, struck: fault.struck + 1 };
    if (struck.times !== undefined && struck.struck >= struck.times) this.faults.delete(fault.id);
    else this.faults.set(fault.id, struck);
    return struck;
  }

  /** Whether a fault that only is, and never strikes, is switched on here. */
  isOn(kind: FaultKind, place: FaultPlace): boolean {
    return this.list().some((candidate) => candidate.fault === kind && isAt(candidate, place));
  }

  /** Whether everything that stands there is down. */
  isDown({ cloud, region, zone }: Required<FaultPlace>): boolean {
    return this.list().some(
      (fault) => fault.fault === 'region-down' && isAt(fault, { cloud, region, ...(fault.zone === undefined ? {} : { zone }) }),
    );
  }

  private happens({ probability }: Fault): boolean {
    return probability === undefined || this.random() < probability;
  }
}

function isAt(fault: Fault, place: FaultPlace): boolean {
  return (
    fault.cloud === place.cloud && (fault.region === undefined || fault.region === place.region) && fault.zone === place.zone
  );
}
