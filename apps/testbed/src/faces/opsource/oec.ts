import type { Instance } from '../../cloud/instance.js';
import { passwordOf } from '../credentials.js';
import { parseMarkup, textOfChild } from '../markup.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { bodyText } from '../request.js';
import { imageCalled, networkOf, osStorageGib, systemOf } from './catalogue.js';
import { invalid, OpsourceError } from './failure.js';
import { document, done, operation, organizationOf } from './protocol.js';
import {
  actionOn,
  clean,
  command,
  type Command,
  deploy,
  isPending,
  isStarted,
  reconfigure,
  serverOf,
  serversOf,
  specificationOf,
} from './servers.js';

/** The servers of API 0.9: XML documents; commands are GETs whose query is the command. */
export function serveOec(routes: CloudRoutes): void {
  const server = '/oec/0.9/:org/server';
  routes.add('GET', `${server}/deployed`, operation('List Deployed Servers', listDeployed));
  routes.add('GET', `${server}/pendingDeploy`, operation('List Pending Servers', listPending));
  routes.add('POST', server, operation('Deploy Server', create));
  routes.add('GET', `${server}/:id`, (asked) => {
    const name = [...asked.query.keys()][0] ?? '';
    return operation(operations[name]?.title ?? 'Server', () => carryOut(asked, name))(asked);
  });
  routes.add('POST', `${server}/:id`, operation('Edit Server', edit));
}

const operations: Readonly<Record<string, { readonly title: string; readonly command?: Command }>> = {
  start: { title: 'Start Server', command: 'start' },
  shutdown: { title: 'Graceful Shutdown Server', command: 'shutdown' },
  poweroff: { title: 'Power Off Server', command: 'poweroff' },
  reboot: { title: 'Reboot Server', command: 'reboot' },
  restart: { title: 'Reboot Server', command: 'reboot' },
  reset: { title: 'Reset Server', command: 'reset' },
  delete: { title: 'Delete Server', command: 'delete' },
  clean: { title: 'Clean Server' },
  addLocalStorage: { title: 'Add Local Storage' },
};

function carryOut(asked: Asked, name: string): Said {
  const wanted = operations[name];
  if (!wanted) throw invalid(`'${name}' is no operation of a server.`);
  const server = serverOf(asked, asked.params.id ?? '');
  if (wanted.command) command(asked, server, wanted.command);
  else if (name === 'clean') clean(asked, server);
  else reconfigure(asked, server, { disk: wholeNumber(asked.query.get('amount') ?? '', 'amount') });
  return done(wanted.title, `${wanted.title} request for Server ${server.id} has been accepted.`);
}

/** The answer does not tell which server it is going to be. */
function create(asked: Asked): Said {
  const { cloud, request } = asked;
  if (!/^(application|text)\/xml\b/.test(request.headers['content-type'] ?? ''))
    throw new OpsourceError('media-type', 'Cannot consume content type');
  const wanted = parseMarkup(bodyText(request));
  if (wanted?.name !== 'Server' || wanted.namespace !== 'http://oec.api.opsource.net/schemas/server')
    throw invalid('A Server document of the server schema is required.');
  const started = textOfChild(wanted, 'isStarted')?.toLowerCase();
  if (started !== 'true' && started !== 'false') throw invalid('isStarted: true or false is required.');
  const organization = organizationOf(cloud.name);
  deploy(asked, {
    name: textOfChild(wanted, 'name'),
    description: textOfChild(wanted, 'description'),
    image: idIn(textOfChild(wanted, 'imageResourcePath'), /^\/oec\/(?:0\.9\/)?base\/image\/([\w-]+)$/, 'imageResourcePath'),
    network: idIn(
      textOfChild(wanted, 'vlanResourcePath'),
      new RegExp(`^/oec/(?:0\\.9/)?${organization}/(?:network/)?([\\w-]+)$`),
      'vlanResourcePath',
    ),
    password: textOfChild(wanted, 'administratorPassword'),
    started: started === 'true',
  });
  return done('Deploy Server', 'Server deployment request has been accepted.');
}

/** @throws OpsourceError invalid */
function idIn(path: string | undefined, pattern: RegExp, field: string): string {
  const [, id] = pattern.exec(path ?? '') ?? [];
  if (id === undefined) throw invalid(`${field}: '${path ?? ''}' is no path of such a resource.`);
  return id;
}

/** A form: memory in MiB. What is left out stays as it is. */
function edit(asked: Asked): Said {
  const server = serverOf(asked, asked.params.id ?? '');
  const form = new URLSearchParams(bodyText(asked.request));
  const [cpus, memory, description] = [form.get('cpuCount'), form.get('memory'), form.get('description')];
  if (cpus === null && memory === null && description === null) throw invalid('Nothing to change.');
  if (cpus !== null || memory !== null) {
    reconfigure(asked, server, {
      ...(cpus === null ? {} : { cpus: wholeNumber(cpus, 'cpuCount') }),
      ...(memory === null ? {} : { memory: wholeNumber(memory, 'memory') / 1024 }),
    });
  }
  if (description !== null) asked.testbed.fleet.relabel(serverOf(asked, server.id), { ...server.labels, description });
  return done('Edit Server', 'Server edited');
}

function wholeNumber(text: string, field: string): number {
  if (!/^\d+$/.test(text)) throw invalid(`${field}: a whole number is required.`);
  return Number(text);
}

const listDeployed = (asked: Asked): Said =>
  document('server', 'DeployedServers', {
    DeployedServer: serversOf(asked)
      .filter((server) => !isPending(server))
      .map((server) => ({
        ...common(asked, server),
        privateIpAddress: server.address,
        machineName: server.address?.replaceAll('.', '-'),
        isStarted: server.odd ?? isStarted(server),
        deployedTime: new Date(server.createdAt).toISOString(),
        status: statusOf(asked, server),
      })),
  });

const listPending = (asked: Asked): Said =>
  document('server', 'PendingDeployServers', {
    PendingDeployServer: serversOf(asked)
      .filter(isPending)
      .map((server) => ({
        ...common(asked, server),
        privateIpAddress: server.address,
        status: statusOf(asked, server),
      })),
  });

function common({ cloud }: Asked, server: Instance) {
  const { cpus, memory, disk } = specificationOf(cloud.size(server.region, server.size));
  const image = imageCalled(cloud, server.image);
  return {
    id: server.id,
    name: server.name,
    description: server.labels.description ?? '',
    machineSpecification: {
      cpuCount: cpus,
      memoryMb: memory * 1024,
      osStorageGb: osStorageGib,
      additionalLocalStorageGb: disk - osStorageGib,
      operatingSystem: { type: 'UNIX', displayName: systemOf(image.offered).displayName },
    },
    sourceImageId: image.id,
    networkId: networkOf(cloud, server.region),
  };
}

/** There only while something is done with it, or when that has failed. */
function statusOf({ cloud }: Asked, server: Instance) {
  const action = actionOn(server);
  if (action === undefined) return undefined;
  const since = new Date(server.createdAt).toISOString();
  const failed = server.state === 'error';
  return {
    action,
    requestTime: since,
    userName: passwordOf(cloud.name).username,
    numberOfSteps: 3,
    updateTime: since,
    step: { name: 'WAIT_FOR_OPERATION', number: 3, percentComplete: failed ? 100 : 40 },
    failureReason: failed ? (server.fault?.message ?? 'Message: the operation failed.') : undefined,
  };
}
