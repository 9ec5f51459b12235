import { subjects } from '@cloud-agency/bus';
import type { RunningApp } from '@cloud-agency/runtime';
import { takeFinding } from '../reactions/findings.js';
import { Planner } from '../reactions/planner.js';
import { Tier } from '../reactions/tier.js';
import { takeEvents } from './consuming.js';
import type { Ground } from './ground.js';

/** Takes in what the monitor finds, and carries out what clients want done about it. */
export async function startTier(ground: Ground): Promise<RunningApp> {
  const { connection, store, registry, mediator, solver, quotas, context, owner } = ground;
  const planner = new Planner(store, mediator, solver, quotas, context);
  const tier = new Tier({ store, context, vendors: registry, planner }, owner);
  const endFindings = await takeEvents(connection, store, context, {
    subject: subjects.finding,
    durable: 'agency_findings',
    effect: async (work, message) => {
      if (message.performative === 'finding') await takeFinding(work, context.ids, message);
    },
  });
  return {
    async stop() {
      await tier.stop();
      await endFindings();
    },
  };
}
