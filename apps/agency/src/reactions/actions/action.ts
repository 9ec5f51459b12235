import type { AppContext } from '@cloud-agency/runtime';
import type { VendorRegistry } from '../../mediation/registry.js';
import type { AgencyStore } from '../../store/agency-store.js';
import type { ReactionAction, ReactionRow } from '../../store/tables.js';
import type { Planner } from '../planner.js';

/** What an action works with. */
export interface Tools {
  readonly store: AgencyStore;
  readonly context: AppContext;
  readonly planner: Planner;
  readonly vendors: Pick<VendorRegistry, 'abilitiesOf'>;
}

/** How one kind of reaction is carried out. */
export interface Action {
  /** What it changes: two reactions that change the same are never under way at once. */
  readonly about: 'resource' | 'item' | 'agreement';
  /** Does the next thing about a reaction that is under way and stores it; safe to repeat, because a crash repeats it (ADR 10). */
  step(reaction: ReactionRow, tools: Tools): Promise<void>;
}

/** Whatever has to be carried out; `notify` is done with the event itself. */
export type CarriedOut = Exclude<ReactionAction, 'notify'>;
