// Runs the built testbed for a test: the directory is its argument. Prints its URL; ends when standard input closes.
import { createLog, randomIds, readSettings, systemClock } from '@cloud-agency/runtime';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../../testbed/dist/main.js';

const [directory] = process.argv.slice(2);
const settings = readSettings({ AGENCY_DATA: directory }, { accounts: [], rates: {} });
await start({ settings, clock: systemClock, ids: randomIds, log: createLog('testbed', 'error') });
console.log(JSON.parse(readFileSync(join(directory, 'testbed', 'testbed.json'), 'utf8')).url);
