import type { Action, Instance } from '../../cloud/instance.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { cloudIdOf, cloudOfTemplate, nodesOf, sizeOfNodes } from './clouds.js';
import { invalid, json, notFound } from './vpsnet.js';

export function serveMachines(routes: CloudRoutes): void {
  routes.add('GET', '/virtual_machines.api10json', (asked) => json(there(asked).map(view(asked))));
  routes.add('POST', '/virtual_machines.api10json', create);
  routes.add('GET', '/virtual_machines/:file', (asked) => json(view(asked)(machineOf(asked))));
  routes.add('DELETE', '/virtual_machines/:file', (asked) => {
    asked.testbed.fleet.act(machineOf(asked), 'delete');
    return { type: 'application/json', body: '' };
  });
  routes.add('POST', '/virtual_machines/:id/power_on.api10json', power('start'));
  routes.add('POST', '/virtual_machines/:id/power_off.api10json', power('halt'));
  routes.add('POST', '/virtual_machines/:id/shutdown.api10json', power('stop'));
  routes.add('POST', '/virtual_machines/:id/reboot.api10json', power('reboot'));
}

const there = ({ cloud }: Asked): Instance[] =>
  cloud.profile.regions.flatMap(({ region }) => cloud.instances(region)).filter(({ state }) => state !== 'terminated');

interface Wish {
  readonly label?: unknown;
  readonly fqdn?: unknown;
  readonly cloud_id?: unknown;
  readonly system_template_id?: unknown;
  readonly slices_required?: unknown;
}

function create(asked: Asked): Said {
  const { cloud, testbed, request } = asked;
  const { virtual_machine: wish } = (request.body ?? {}) as { virtual_machine?: Wish };
  if (typeof wish !== 'object') throw invalid('virtual_machine', "can't be blank");
  if (typeof wish.label !== 'string' || !/^[A-Za-z0-9][\w .-]{0,127}$/.test(wish.label)) throw invalid('label', 'is invalid');
  if (typeof wish.fqdn !== 'string' || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(wish.fqdn))
    throw invalid('fqdn', 'is not a fully qualified domain name');
  const { region, template } = cloudOfTemplate(cloud, wish.cloud_id, wish.system_template_id);
  const [machine] = cloud.create({
    ids: [testbed.numbers.next()],
    region,
    zone: null,
    size: sizeOfNodes(cloud, region.region, wish.slices_required),
    image: template,
    name: wish.label,
    labels: { fqdn: wish.fqdn },
    keyName: null,
    request: null,
  });
  if (!machine) throw notFound();
  return { ...json(view(asked)(machine)), status: 201 };
}

const power =
  (action: Action) =>
  (asked: Asked): Said =>
    json(view(asked)(asked.testbed.fleet.act(machineOf(asked), action)));

function machineOf(asked: Asked): Instance {
  const id = asked.params.id ?? asked.params.file?.replace(/\.api10json$/, '') ?? '';
  const machine = there(asked).find((candidate) => candidate.id === id);
  if (!machine) throw notFound();
  return machine;
}

/** A state that the API does not know is a machine that is neither running nor pending. */
const view =
  ({ cloud }: Asked) =>
  (machine: Instance) => ({
    virtual_machine: {
      id: Number(machine.id),
      label: machine.name,
      fqdn: machine.labels.fqdn ?? '',
      cloud_id: cloudIdOf(cloud, machine.region),
      system_template_id: Number(machine.image),
      slices_count: nodesOf(machine.size),
      primary_ip_address: machine.state === 'booting' ? null : { ip_address: { ip_address: machine.address } },
      running: machine.odd ?? machine.state === 'running',
      power_action_pending: !machine.odd && machine.change !== null,
      failed_at: machine.state === 'error' ? new Date(machine.endedAt ?? machine.createdAt).toISOString() : null,
      password: `pw-${machine.id}`,
    },
  });
