import type { Clock } from './clock.js';
import type { Ids } from './ids.js';
import type { Log } from './log.js';
import type { Settings } from './settings.js';

/** What an app needs from outside to run; the same whether it shares a process with others or has one of its own. */
export interface AppContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface RunningApp {
  /** Finishes what is in hand and lets go of everything; resolves when nothing is left open. */
  stop(): Promise<void>;
}

/** Every app's main.ts exports `start` of this type. It resolves once the app serves. */
export type StartApp = (context: AppContext) => Promise<RunningApp>;
