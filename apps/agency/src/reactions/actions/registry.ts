import type { Action, CarriedOut } from './action.js';
import { migrate } from './migrate.js';
import { renegotiate } from './renegotiate.js';
import { replace } from './replace.js';
import { resize } from './resize.js';
import { scaleIn } from './scale-in.js';
import { scaleOut } from './scale-out.js';
import { terminate } from './terminate.js';

/** Every action that a rule can have carried out. Another one is a file beside these and a line here. */
export const actions: Readonly<Record<CarriedOut, Action>> = {
  replace,
  migrate,
  resize,
  'scale-out': scaleOut,
  'scale-in': scaleIn,
  renegotiate,
  terminate,
};
