import { finish } from '../progress.js';
import type { Action } from './action.js';

/** Rules that renegotiate are refused when they are submitted, until it can be carried out. */
export const renegotiate: Action = {
  about: 'agreement',
  async step(reaction, { store }) {
    await store.work((work) => finish(work, reaction, 'failed', 'renegotiating cannot be carried out yet'));
  },
};
