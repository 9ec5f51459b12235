import type { Action, Instance } from '../../cloud/instance.js';
import { inWords } from '../../cloud/refusal.js';
import type { RpcAnswer } from '../rpc-routes.js';
import { guestOf, guestsOf, type Methods, type SlCall } from './call.js';
import { createGuest } from './create-guest.js';
import { exception, invalid, outstanding } from './fault.js';
import { guestView } from './guest-view.js';
import { createObjectOptions } from './options.js';
import { many, one } from './result.js';

const guests = (call: SlCall): RpcAnswer =>
  many(
    call,
    'virtualGuests',
    guestsOf(call.cloud).map((guest) => guestView(call.cloud, guest)),
  );

export const guestMethods: Methods = {
  'SoftLayer_Account::getObject': (call) =>
    one(call, { local: { id: 1_234, companyName: 'Testbed', email: `${call.cloud.name}@testbed.example` }, related: {} }),
  'SoftLayer_Account::getVirtualGuests': guests,
  'SoftLayer_Account::getHourlyVirtualGuests': (call) =>
    many(
      call,
      'hourlyVirtualGuests',
      guestsOf(call.cloud).map((guest) => guestView(call.cloud, guest)),
    ),
  'SoftLayer_Virtual_Guest::getCreateObjectOptions': ({ cloud }) => ({ value: createObjectOptions(cloud) }),
  'SoftLayer_Virtual_Guest::createObject': createGuest,
  'SoftLayer_Virtual_Guest::getObject': (call) => one(call, guestView(call.cloud, guestOf(call))),
  'SoftLayer_Virtual_Guest::powerOn': act('start', 'turned on'),
  'SoftLayer_Virtual_Guest::powerOff': act('power-off', 'turned off'),
  'SoftLayer_Virtual_Guest::powerOffSoft': act('stop', 'turned off'),
  'SoftLayer_Virtual_Guest::rebootSoft': act('reboot', 'rebooted'),
  'SoftLayer_Virtual_Guest::rebootHard': act('hard-reboot', 'rebooted'),
  'SoftLayer_Virtual_Guest::rebootDefault': act('reboot', 'rebooted'),
  'SoftLayer_Virtual_Guest::pause': act('pause', 'paused'),
  'SoftLayer_Virtual_Guest::resume': act('unpause', 'resumed'),
  'SoftLayer_Virtual_Guest::deleteObject': remove,
  'SoftLayer_Virtual_Guest::setTags': setTags,
  'SoftLayer_Virtual_Guest::setUserMetadata': setUserMetadata,
};

const isChanging = ({ change }: Instance): boolean => change !== null;

function act(action: Action, become: string) {
  return (call: SlCall): RpcAnswer => {
    const guest = guestOf(call);
    if (isChanging(guest)) throw outstanding();
    const refused = (): Error => exception('Public', `The guest cannot be ${become} while it is ${guest.state}.`);
    inWords({ 'wrong-state': refused }, () => call.testbed.fleet.act(guest, action));
    return { value: true };
  };
}

/** Cancelled at once, and reclaimed in a while; not while it is being provisioned or changed. */
function remove(call: SlCall): RpcAnswer {
  const guest = guestOf(call);
  if (isChanging(guest)) throw outstanding();
  call.testbed.fleet.act(guest, 'delete');
  return { value: true };
}

/** All of its tags, with commas between them. */
function setTags(call: SlCall): RpcAnswer {
  const guest = guestOf(call);
  const [tags] = call.params;
  if (typeof tags !== 'string') throw invalid('Tags must be a string.');
  if (!/^[\w\s.:,-]*$/.test(tags))
    throw exception('Public', 'Tags may hold letters, digits, spaces, underscores, hyphens, periods and colons only.');
  call.testbed.fleet.relabel(guest, { ...guest.labels, tags });
  return { value: true };
}

function setUserMetadata(call: SlCall): RpcAnswer {
  const guest = guestOf(call);
  const [metadata] = call.params;
  const [first] = Array.isArray(metadata) ? (metadata as readonly unknown[]) : [];
  if (typeof first !== 'string') throw invalid('User metadata must be a list of strings.');
  call.testbed.fleet.furnish(guest, first);
  return { value: [{ value: first }] };
}
