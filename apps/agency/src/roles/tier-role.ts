import { subjects } from '@cloud-agency/bus';
import type { RunningApp } from '@cloud-agency/runtime';
import { takeFinding } from '../reactions/findings.js';
import { heedMarket } from '../reactions/market.js';
import { Planner } from '../reactions/planner.js';
import { takeOver } from '../reactions/taking-over.js';
import { Tier } from '../reactions/tier.js';
import { Carrier } from '../renegotiation/carrier.js';
import { Evaluator } from '../renegotiation/evaluator.js';
import { MarketWatch } from '../renegotiation/market-watch.js';
import { Proposer } from '../renegotiation/proposer.js';
import { Renegotiator } from '../renegotiation/renegotiator.js';
import { Rescue } from '../renegotiation/rescue.js';
import { takeEvents } from './consuming.js';
import type { Ground } from './ground.js';

/** Takes in what the monitor finds, and carries out what clients want done about it. */
export async function startTier(ground: Ground): Promise<RunningApp> {
  const { connection, store, registry, mediator, solver, quotas, context, owner } = ground;
  const planner = new Planner(store, mediator, solver, quotas, context);
  const evaluator = new Evaluator(store, mediator, solver, quotas, context);
  const carrier = new Carrier(store, context, new Rescue(store, mediator, solver, quotas, context), takeOver);
  const workers = [
    new Tier({ store, context, vendors: registry, planner }, owner),
    new Renegotiator(store, context, owner, new Proposer(store, evaluator, quotas, context), carrier),
    new MarketWatch(store, context, owner, evaluator, (work, cheaper) => heedMarket(work, context.ids, cheaper), Math.random),
  ];
  const endFindings = await takeEvents(connection, store, context, {
    subject: subjects.finding,
    durable: 'agency_findings',
    effect: async (work, message) => {
      if (message.performative === 'finding') await takeFinding(work, context.ids, message);
    },
  });
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await endFindings();
    },
  };
}
