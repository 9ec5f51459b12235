import { Option } from 'commander';
import type { FollowOptions } from '../follow.js';

export interface FollowFlags {
  readonly accept?: 'best';
  readonly exitWhen?: 'proposed' | 'fulfilled';
}

export const acceptOption = (): Option =>
  new Option('--accept <which>', 'accept without asking: best is the first proposal').choices(['best']);
export const exitWhenOption = (): Option =>
  new Option('--exit-when <state>', 'end with 0 once the call is in this state (for scripts)').choices(['proposed', 'fulfilled']);

export const followOptions = ({ accept, exitWhen }: FollowFlags, signal: AbortSignal): FollowOptions => ({
  chooser: accept ?? 'ask',
  ...(exitWhen ? { exitWhen } : {}),
  signal,
});
