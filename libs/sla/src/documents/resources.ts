import { defaultImage } from '../vocabulary/images.js';
import { resourceAgent } from './agent.js';
import { type OwnAvailability, ownAvailability } from './availability.js';
import type { Constraint, Deployment, Need } from './call.js';
import { requirements } from './constraints.js';
import { choice, type Fields, mapping, named, type Reader, text, wholeNumber } from './fields.js';
import { withImplied } from './implied.js';
import { placing } from './placing.js';
import { preferences } from './preferences.js';
import type { Problems } from './problems.js';
import type { Source } from './source.js';

export interface Item {
  readonly need: Need;
  readonly deployment: Deployment;
  readonly source: Source;
  readonly availability?: OwnAvailability;
}

/** The items of a call, by name. */
export const resources: Reader<ReadonlyMap<string, Item>> = (source, problems) => {
  const items = named(item, 100)(source, problems);
  if (items?.size === 0 && !problems.malformed) problems.add(source, 'nothing is asked for: name at least one item');
  return items;
};

function item(name: string, source: Source, problems: Problems): Item | undefined {
  return mapping<Item>((fields) => {
    const kind = fields.required('kind', choice(['compute', 'storage', 'network']));
    if (kind === 'storage' || kind === 'network') {
      problems.unsupported(fields.placeOf('kind'), `${kind} is not brokered yet: only compute is`);
      fields.skip();
      return undefined;
    }
    const availability = fields.optional('availability', ownAvailability);
    const need = needOf(name, fields, availability);
    return { source, need, deployment: deploymentOf(need, fields), ...(availability && { availability }) };
  })(source, problems);
}

function needOf(item: string, fields: Fields, availability: OwnAvailability | undefined): Need {
  const count = fields.optional('count', wholeNumber(1, 1000)) ?? 1;
  const { constraints, onDemandAtLeast } = fields.optional('require', requirements) ?? { constraints: [] };
  const prefer = fields.optional('prefer', preferences) ?? [];
  const placement = fields.optional('place', placing) ?? { spread: [], apartFrom: [] };
  return {
    ...{ item, kind: 'compute', count, require: withImplied(constraints, { onDemandAtLeast }), prefer, ...placement },
    ...(onDemandAtLeast && { onDemandAtLeast: onDemandAtLeast(count) }),
    ...(availability?.minUp !== undefined && { minUp: availability.minUp }),
  };
}

function deploymentOf({ require }: Need, fields: Fields): Deployment {
  const sshKey = fields.optional('ssh_key', publicKey);
  const userData = fields.optional('user_data', text(65_536));
  const agent = fields.optional('agent', resourceAgent);
  const given = { ...(sshKey !== undefined && { sshKey }), ...(userData !== undefined && { userData }), ...(agent && { agent }) };
  return { image: imageOf(require), ...given };
}

function imageOf(require: readonly Constraint[]): string {
  const image = require.find((constraint) => constraint.type === 'text' && constraint.attribute === 'image');
  return (image?.type === 'text' ? image.anyOf?.[0] : undefined) ?? defaultImage;
}

const keyText =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]{20,}={0,3}( .*)?$/;

const publicKey: Reader<string> = (source, problems) => {
  const written = text(20_000)(source, problems)?.trim();
  if (written === undefined || keyText.test(written)) return written;
  const isPath = /^(~|\.{0,2}\/)/.test(written);
  if (isPath)
    problems.add(source, `"${written}" is a path on your machine`, "send the key's text; the agency command does that for you");
  else problems.add(source, 'is not a public key', 'it looks like: ssh-ed25519 AAAAC3… comment');
  return undefined;
};
