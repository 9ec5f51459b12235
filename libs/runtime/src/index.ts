export type { AppContext, RunningApp, StartApp } from './app.js';
export { type Clock, isoTime, systemClock } from './clock.js';
export { type Ids, randomIds } from './ids.js';
export { createLog, type Log } from './log.js';
export { type Account, type AgencyConfig, readConfig } from './config.js';
export { readSettings, type Settings } from './settings.js';
export { runApp } from './run-app.js';
