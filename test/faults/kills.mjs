/** kill -9 of each app after every step that it takes in a stage: a loop over all of them, not a sample. */
import { Campaign } from './trials.mjs';

const mostSteps = 200;
/** What goes wrong at every step need not be seen at every step. */
const mostFailures = 3;

const loops = [
  ['agency', 'negotiation'],
  ['vendor-agents', 'negotiation'],
  ['agency', 'provisioning'],
  ['vendor-agents', 'provisioning'],
  ['monitor', 'provisioning'],
  ['agency', 'replacement'],
  ['vendor-agents', 'replacement'],
  ['monitor', 'replacement'],
  ['agency', 'fail-over'],
  ['vendor-agents', 'fail-over'],
  ['agency', 'ending'],
  ['vendor-agents', 'ending'],
];

export const kills = loops.map(([app, stage]) => ({
  name: `kill -9 of ${app} in ${stage}`,
  run: (report) => killAll(report, app, stage),
}));

async function killAll(report, name, stage) {
  const campaign = new Campaign(report);
  for (let step = 1; step <= mostSteps && campaign.failures < mostFailures; step += 1) {
    if (!(await campaign.trial(stage, (world) => killAfter(world, name, step)))) break;
  }
  await campaign.finish();
}

async function killAfter(world, name, step) {
  const app = world.apps[name];
  let killed = false;
  const again = app.ended.then(async (how) => {
    if (how !== 'SIGKILL') return;
    killed = true;
    await app.start();
  });
  // Whoever waits for it hears of its failure; nobody may yet.
  again.catch(() => undefined);
  world.struck = () => `${name} killed after step ${step}`;
  await app.killAfter(step);
  return async (comesToRest) => {
    await comesToRest();
    if (killed || !app.isRunning) await again;
    await app.spare();
    // The last step may have come just then; and what rested without the app has to rest with it.
    if (killed || !app.isRunning) await again.then(comesToRest);
    if (!killed) return { faults: 0 };
    const steps = await app.steps();
    return { faults: 1, called: `${name} killed after step ${step}, ${steps.at(-1)}` };
  };
}
