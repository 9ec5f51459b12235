import type { Clock, Ids, Log } from '@cloud-agency/runtime';
import type { AgreementTemplates } from '@cloud-agency/sla';
import type { TakesFigures } from '../ingest/ingest.js';
import type { Admission } from '../tenants/admission.js';
import type { Tags } from '../tags/tags.js';
import type { Followed, Following, Known } from '../store/event-feed.js';
import type { EntitySource } from './entity-source.js';
import type { Measured } from './measured.js';

/** Takes calls for proposals. */
export interface CallDesk {
  /**
   * Resolves once the call is stored. `webhookSecrets` are those made for subscriptions that came without one; they are shown this once.
   * @throws AgencyError invalid-document, contradictory-constraints, unsupported.
   */
  submit(document: string, tenant: string): Promise<Submitted>;
}

export interface Submitted {
  readonly id: string;
  /** What the document became: a call, or the renegotiation of the running agreement that it names. */
  readonly as: 'cfp' | 'renegotiation';
  readonly webhookSecrets: readonly { readonly url: string; readonly secret: string }[];
}

export interface EventFeed {
  known(): Promise<Known>;
  /** Number of the last event before a time, ms. */
  numberBefore(at: number): Promise<number>;
  /** Every event after number `id` that is wanted, then each new one as it happens, until the signal ends it. */
  since(id: number, following: Following, signal: AbortSignal): Followed;
}

export interface Readiness {
  /** `parts` says of each part what it is, e.g. `bus: connected`. */
  check(): Promise<{ readonly ready: boolean; readonly parts: Readonly<Record<string, string>> }>;
}

/** All that the front knows of the rooms behind it. */
export interface FrontPorts {
  readonly sources: readonly EntitySource[];
  readonly admission: Admission;
  readonly tags: Tags;
  readonly desk: CallDesk;
  readonly ingest: TakesFigures;
  readonly feed: EventFeed;
  readonly readiness: Readiness;
  readonly measured: Measured;
  /** A number that stands as long as nothing is written to these tables; absent where nobody can know. */
  readonly writes?: { of(tables: readonly string[]): number } | undefined;
  /** What agreements can be made from. */
  readonly templates: AgreementTemplates;
  /** Portable image names; each is an OS template. */
  readonly images: readonly string[];
  /** Whether the text renderings write the names of attributes in lower case (AGENCY_OCCI_LOWERCASE). */
  readonly lowerCaseNames?: boolean;
  /** Of the Agency, for the Server header. */
  readonly version: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}
