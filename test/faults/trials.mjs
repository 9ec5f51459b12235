/** Trials: a stage of a scenario, a fault in the middle of it, and what must be so afterwards. */
import { comesToRest } from './invariants.mjs';
import { closeWorld, openWorld } from './world.mjs';
import { doomedCall, end, fulfilledCall, negotiate, proposedCall, provision, replace } from './scenarios.mjs';

/** Each: what has to be there before it begins, and what the client then does and waits for. */
export const stages = {
  negotiation: { before: async () => undefined, does: negotiate },
  provisioning: { before: proposedCall, does: provision },
  // What is ordered first does not come up, at either cloud.
  'fail-over': { before: doomedCall, does: provision },
  ending: { before: fulfilledCall, does: end },
  // One agreement for all trials in a world: it goes on being replaced.
  replacement: { before: async (world) => (world.lasting ??= await fulfilledCall(world)), does: replace },
};

/** Every fail-over leaves an offer in quarantine, longer each time, and a world's clouds have only so many: then another world goes on. */
const mostTrials = { 'fail-over': 10 };

/** What has been tried so far, and how it went. */
export class Report {
  passed = 0;
  failed = 0;
  faults = 0;

  trial(what, begun, problem) {
    const took = `${((performance.now() - begun) / 1_000).toFixed(1)} s`;
    if (problem === undefined) this.passed += 1;
    else this.failed += 1;
    console.log(`${problem === undefined ? 'ok' : 'NO'}  ${what} (${took})${problem === undefined ? '' : `\n    ${problem}`}`);
  }
}

/** A row of trials in one world; one in which a trial failed is left as it is for whoever looks into it, and another one goes on. */
export class Campaign {
  failures = 0;

  constructor(report, open = openWorld) {
    this.report = report;
    this.open = open;
  }

  /**
   * Runs a stage and what `strike` does meanwhile, and checks what must be so then.
   * @param strike called with the world once all is ready for the stage; returns a function that takes the fault back, called before the
   *   end is checked, which returns how many faults there were and what to call the trial. Without any there was nothing to try.
   * @returns whether there was a fault.
   */
  async trial(stage, strike) {
    const begun = performance.now();
    let name = `${stage}`;
    try {
      const world = (this.world ??= await this.open());
      const { before, does } = stages[stage];
      const prepared = await before(world);
      const settle = await strike(world);
      const outcome = await does(world, prepared);
      const { faults, called } = await settle(() => comesToRest(world));
      name = `${stage}: ${called}`;
      this.report.faults += faults;
      if (faults > 0) this.report.trial(name, begun);
      await this.clearUp(world, stage, prepared ?? outcome.cfp);
      return faults > 0;
    } catch (error) {
      await this.abandon(name, begun, error);
      return true;
    }
  }

  async clearUp(world, stage, cfp) {
    if (cfp === world.lasting) return;
    await end(world, cfp);
    await comesToRest(world);
    world.trials = (world.trials ?? 0) + 1;
    if (world.trials >= (mostTrials[stage] ?? Infinity)) await this.finish();
  }

  async abandon(name, begun, error) {
    const { world } = this;
    this.world = undefined;
    this.failures += 1;
    this.report.faults += 1;
    const said = world?.struck ? `${name}: ${world.struck()}` : name;
    this.report.trial(said, begun, `${error.message}\n    its logs and databases: ${world?.directory ?? 'none'}`);
    await world?.over;
    if (world) await closeWorld(world, { keep: true });
  }

  /** Ends all that runs, and sees that nothing is left. */
  async finish() {
    if (!this.world) return;
    const begun = performance.now();
    const { world } = this;
    try {
      if (world.lasting) await end(world, world.lasting);
      await comesToRest(world);
      this.world = undefined;
      await closeWorld(world);
    } catch (error) {
      await this.abandon('what is left in the end', begun, error);
    }
  }
}
