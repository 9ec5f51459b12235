import { AgencyError } from '@cloud-agency/errors';
import type { Call } from '@cloud-agency/sla';

/**
 * Whether a running agreement can become one for this call. What a machine was made of stays as long as it runs, and webhooks are entities
 * of their own; everything else may change.
 * @throws AgencyError conflict, with what would have to be as it is.
 */
export function checkChange(present: Call, changed: Call): void {
  if (changed.name !== present.name) refuse(`the call is named ${present.name}, not ${changed.name}: keep the name`);
  for (const [item, made] of Object.entries(present.deployments)) {
    const wanted = changed.deployments[item];
    if (wanted && !same(made, wanted))
      refuse(`the machines of ${item} were made with another image, key or user data: give them an item of another name`);
  }
  if (!same(announced(present), announced(changed)))
    refuse('"notify" is not the same: change the webhooks themselves, at /webhook/');
}

/** What the call's webhooks were made of. */
const announced = ({ notify, reactions }: Call) => ({
  notify: notify.map(({ url, events }) => ({ url, events })),
  rules: reactions.filter(({ do: action }) => action === 'notify').map(({ on, of, term }) => ({ on, of, term })),
});

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function refuse(why: string): never {
  throw new AgencyError('conflict', { message: `The agreement cannot be renegotiated to this call: ${why}.` });
}
