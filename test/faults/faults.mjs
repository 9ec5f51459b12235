#!/usr/bin/env node
/**
 * npm run faults: real processes, and everything that can happen to them: kill -9 after every step, messages lost, doubled and late,
 * partitions, a bus that restarts, a database that is away. `npm run faults -- TEXT` runs the campaigns whose names contain it.
 */
import { kills } from './kills.mjs';
import { messages } from './messages.mjs';
import { outages } from './outages.mjs';
import { Report } from './trials.mjs';

/** They mostly wait: for probes, time-outs and restarts. */
const atOnce = Number(process.env.FAULTS_AT_ONCE ?? 3);
const wanted = process.argv.slice(2).join(' ');
const waiting = [...kills, ...messages, ...outages].filter(({ name }) => name.includes(wanted));

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const begun = performance.now();
const report = new Report();
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let campaign = waiting.shift(); campaign; campaign = waiting.shift()) {
      console.log(`==  ${campaign.name}`);
      await campaign.run(report);
    }
  }),
);
console.log(`\n${report.faults} faults injected in ${((performance.now() - begun) / 60_000).toFixed(1)} min`);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed === 0 && report.passed > 0 ? 0 : 1);
