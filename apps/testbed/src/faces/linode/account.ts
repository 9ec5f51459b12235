import { isoTime } from '@cloud-agency/runtime';
import type { Instance } from '../../cloud/instance.js';
import type { Api, Call, Handler } from './api.js';
import { instancesOf } from './instances.js';
import { paged } from './paging.js';
import { time } from './times.js';

/** Linode API v4, Account and Profile: as much as tells whose token it is, and what has become of its jobs. */
export function serveAccount(api: Api): void {
  api.route('GET', '/account', showAccount);
  api.route('GET', '/account/events', listEvents);
  api.route('GET', '/profile', showProfile);
}

const showAccount: Handler = ({ cloud }) => ({
  company: cloud.profile.title,
  email: 'owner@testbed.example',
  first_name: 'Test',
  last_name: 'Bed',
  country: 'US',
  active_since: '2020-01-01T00:00:00',
  balance: 0,
  balance_uninvoiced: 0,
  capabilities: ['Linodes', 'Block Storage', 'VPCs'],
  euuid: 'E1AF5EEC-526F-487D-B317EBEB34C87D71',
});

const showProfile: Handler = () => ({
  username: 'testbed',
  email: 'owner@testbed.example',
  restricted: false,
  timezone: 'UTC',
  two_factor_auth: false,
});

/** The newest first: that each Linode was made, and what has become of its last boot. */
const listEvents: Handler = (call) => {
  const events = instancesOf(call).flatMap((instance) => eventsOf(call, instance));
  return paged(call, events.reverse(), ['id', 'action', 'created', 'entity.id', 'entity.type', 'status', 'percent_complete']);
};

function eventsOf({ cloud }: Call, instance: Instance) {
  const { id, name, createdAt, state, fault } = instance;
  const common = {
    username: 'testbed',
    entity: { id: Number(id), label: name, type: 'linode', url: `/v4/linode/instances/${id}` },
    secondary_entity: null,
    read: false,
    seen: false,
    rate: null,
    time_remaining: null,
    duration: 0,
  };
  const failed = state === 'error';
  const booting = state === 'booting' || state === 'starting';
  const boot = failed ? 'failed' : booting ? 'started' : 'finished';
  const event = (part: number, action: string, status: string, at: number, message: string | null) => ({
    ...common,
    id: Number(`${id}${part}`),
    action,
    status,
    percent_complete: status === 'started' ? 20 : 100,
    created: time(at),
    message,
  });
  return [
    event(1, 'linode_create', 'finished', createdAt, `Created in ${cloud.name} at ${isoTime(createdAt)}.`),
    event(2, 'linode_boot', boot, instance.launchedAt ?? fault?.at ?? createdAt, fault?.message ?? null),
  ];
}
