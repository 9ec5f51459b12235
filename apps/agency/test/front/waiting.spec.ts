import type { Entity } from '@cloud-agency/occi';
import { waited } from '../../src/front/waiting.js';

const begun = { id: 'c' } as Entity;

/** Work that is done, or a client that has gone, when it has been looked for so often. */
function waiting({ doneAfter, goneAfter }: { readonly doneAfter: number; readonly goneAfter: number }) {
  let looks = 0;
  const source = {
    isSettled: () => Promise.resolve((looks += 1) >= doneAfter),
    get: () => Promise.resolve({ ...begun, title: `looked for ${looks} times` }),
  };
  const request = { headers: { prefer: 'wait=60' }, tenant: 'mine', isGone: () => looks >= goneAfter };
  return waited(request, source, begun);
}

it('holds an answer until the work is done', async () => {
  expect((await waiting({ doneAfter: 3, goneAfter: Infinity })).title).toBe('looked for 3 times');
});

it('looks no more for a client that has gone', async () => {
  expect((await waiting({ doneAfter: Infinity, goneAfter: 2 })).title).toBe('looked for 2 times');
});
