import { AgencyError } from '@cloud-agency/errors';
import type { Answer, Ask, Demand, Repaired, Selection } from '@cloud-agency/sla';
import type { AskingOptions, SelectionOptions, SolverOutcome, SolverTask } from './solver-messages.js';

/** Selections and repairs, wherever they are solved: in this process, or by a negotiator in another. */
export abstract class Selecting {
  protected abstract solve(task: SolverTask): Promise<SolverOutcome>;

  /** @throws AgencyError time-limit-reached when no plan was found in time, internal when the solver failed. */
  async select(demand: Demand, answer: Answer, options: SelectionOptions = {}): Promise<Selection> {
    const outcome = await this.solve({ to: 'select', demand, answer, options });
    if ('selection' in outcome) return outcome.selection;
    throw new AgencyError('internal', { reference: 'no selection' });
  }

  /**
   * What each agent is asked to better after a round (CFP.md 3, Rounds); an agent that would win as it is with nothing.
   * @throws AgencyError time-limit-reached, or internal when the solver failed.
   */
  async asks(demand: Demand, answer: Answer, options: AskingOptions): Promise<ReadonlyMap<string, readonly Ask[]>> {
    const outcome = await this.solve({ to: 'ask', demand, answer, options });
    if ('asks' in outcome) return new Map(Object.entries(outcome.asks));
    throw new AgencyError('internal', { reference: 'no asks' });
  }

  /**
   * The smallest changes that make an impossible demand possible, from what each agent answered in the repair round.
   * @throws AgencyError time-limit-reached, or internal when the solver failed.
   */
  async repairs(demand: Demand, answers: readonly Answer[]): Promise<readonly Repaired[]> {
    const outcome = await this.solve({ to: 'repair', demand, answers });
    if ('repairs' in outcome) return outcome.repairs;
    throw new AgencyError('internal', { reference: 'no repairs' });
  }
}
