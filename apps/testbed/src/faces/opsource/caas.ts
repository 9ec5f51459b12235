import type { FastifyRequest } from 'fastify';
import type { Instance } from '../../cloud/instance.js';
import { childOf, parseMarkup, textOfChild } from '../markup.js';
import { shortPage } from '../mishap.js';
import type { Asked, CloudRoutes, Said } from '../protocol.js';
import { bodyText } from '../request.js';
import { written, type XmlData, xmlDocument } from '../xml-data.js';
import { datacenterView, imageView, serverView } from './caas-views.js';
import { imagesOf } from './catalogue.js';
import { asOpsourceError, invalid, OpsourceError, type Trouble } from './failure.js';
import { isPage } from './protocol.js';
import { clean, command, type Command, deploy, reconfigure, serverOf, serversOf } from './servers.js';

/** The servers of API 2.4 below /caas: the same things as in 0.9, in JSON or XML as the client likes. */
export function serveCaas(routes: CloudRoutes): void {
  const add = (method: 'GET' | 'POST', path: string, title: string, answer: (asked: Asked) => Told): void => {
    routes.add(method, `/caas/2.4/:org${path}`, (asked) => spoken(asked, title, answer));
  };
  add('GET', '/infrastructure/datacenter', 'LIST_DATA_CENTERS', (asked) =>
    page(
      asked,
      'datacenters',
      'datacenter',
      asked.cloud.profile.regions.map(({ region, place }) => datacenterView(region, place.city)),
    ),
  );
  add('GET', '/image/osImage', 'LIST_OS_IMAGES', (asked) =>
    page(
      asked,
      'osImages',
      'osImage',
      imagesOf(asked.cloud)
        .filter(chosen(asked, ({ region }) => region))
        .map(imageView),
    ),
  );
  add('GET', '/server/server', 'LIST_SERVERS', (asked) => {
    const servers = serversOf(asked).filter(chosen(asked, ({ region }) => region));
    return page(
      asked,
      'servers',
      'server',
      servers.map((server) => serverView(asked, server)),
    );
  });
  add('GET', '/server/server/:id', 'GET_SERVER', (asked) => ({
    root: 'server',
    body: serverView(asked, serverOf(asked, asked.params.id ?? '')),
  }));
  add('POST', '/server/deployServer', 'DEPLOY_SERVER', deployServer);
  add('POST', '/server/reconfigureServer', 'RECONFIGURE_SERVER', reconfigureServer);
  add('POST', '/server/cleanServer', 'CLEAN_SERVER', (asked) => {
    clean(asked, serverNamed(asked));
    return response('CLEAN_SERVER', 'IN_PROGRESS', 'Request to clean Server has been accepted.');
  });
  for (const [path, { title, wanted }] of Object.entries(commands)) {
    add('POST', `/server/${path}`, title, (asked) => {
      const server = serverNamed(asked);
      command(asked, server, wanted);
      return response(title, 'IN_PROGRESS', `Request for Server '${server.name}' has been accepted and is being processed.`);
    });
  }
}

const commands: Readonly<Record<string, { readonly title: string; readonly wanted: Command }>> = {
  startServer: { title: 'START_SERVER', wanted: 'start' },
  rebootServer: { title: 'REBOOT_SERVER', wanted: 'reboot' },
  resetServer: { title: 'RESET_SERVER', wanted: 'reset' },
  shutdownServer: { title: 'SHUTDOWN_SERVER', wanted: 'shutdown' },
  powerOffServer: { title: 'POWER_OFF_SERVER', wanted: 'poweroff' },
  deleteServer: { title: 'DELETE_SERVER', wanted: 'delete' },
};

interface Told {
  readonly status?: number;
  readonly root: string;
  readonly body: { readonly [name: string]: XmlData };
}

/** Response codes: go-dd-cloud-compute, compute/constants.go; SERVER_STARTED and SERVER_STOPPED are remembered, not checked. */
const codes: Partial<Readonly<Record<Trouble, string>>> = {
  'not-found': 'RESOURCE_NOT_FOUND',
  busy: 'RESOURCE_BUSY',
  started: 'SERVER_STARTED',
  stopped: 'SERVER_STOPPED',
  invalid: 'INVALID_INPUT_DATA',
  limit: 'EXCEEDS_LIMIT',
  resources: 'OUT_OF_RESOURCES',
};

function spoken(asked: Asked, title: string, answer: (asked: Asked) => Told): Said {
  try {
    return said(asked, answer(asked));
  } catch (error) {
    const told = asOpsourceError(error);
    if (isPage(told)) throw told;
    return said(asked, { ...response(title, codes[told.trouble] ?? 'UNEXPECTED_ERROR', told.message), status: 400 });
  }
}

const response = (title: string, responseCode: string, message: string, info?: XmlData): Told => ({
  root: 'response',
  body: { operation: title, responseCode, message, ...(info === undefined ? {} : { info }) },
});

/** JSON for those who ask for it, or who sent it. In JSON attributes are members like any other. */
function said({ request }: Asked, { status = 200, root, body }: Told): Said {
  if (isJson(request.headers.accept) || isJson(request.headers['content-type']))
    return { status, type: 'application/json;charset=utf-8', body: JSON.stringify(body, plain) };
  return {
    status,
    type: 'application/xml',
    body: xmlDocument(written(root, { '@xmlns': 'urn:didata.com:api:cloud:types', ...body })),
  };
}

const isJson = (type: string | undefined): boolean => type?.includes('application/json') ?? false;

const plain = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name.replace(/^@/, ''), member as unknown]))
    : value;

/** A page of a list; `pageSize` is at most 250. @throws OpsourceError invalid */
function page(asked: Asked, root: string, name: string, things: readonly XmlData[]): Told {
  const { testbed, cloud, query } = asked;
  const [number, wished] = [Number(query.get('pageNumber') ?? '1'), Number(query.get('pageSize') ?? '250')];
  if (!Number.isInteger(number) || number < 1 || !Number.isInteger(wished) || wished < 1 || wished > 250)
    throw invalid('pageNumber and pageSize: whole numbers from 1 are required, and a page has at most 250.');
  const size = Math.min(wished, shortPage(testbed, { cloud: cloud.name }) ?? wished);
  const shown = things.slice((number - 1) * size, number * size);
  const paging = { '@pageNumber': number, '@pageCount': shown.length, '@totalCount': things.length, '@pageSize': size };
  return { root, body: { ...paging, [name]: shown } };
}

const chosen =
  <Thing>({ query }: Asked, region: (thing: Thing) => string) =>
  (thing: Thing): boolean =>
    (query.get('datacenterId') ?? region(thing)) === region(thing);

/** A value that a client sent: by its path in JSON, by an attribute or element of that name in XML. */
function given(request: FastifyRequest, ...path: readonly string[]): string | undefined {
  const type = request.headers['content-type'];
  if (isJson(type)) return givenInJson(request.body, path);
  if (!/^(application|text)\/xml\b/.test(type ?? '')) throw new OpsourceError('media-type', 'Unsupported Media Type');
  const owner = childOf(parseMarkup(bodyText(request)) ?? undefined, ...path.slice(0, -1));
  const name = path.at(-1) ?? '';
  return owner?.attributes[name] ?? textOfChild(owner, name);
}

function givenInJson(body: unknown, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((node, member) => (node as Record<string, unknown> | null | undefined)?.[member], body);
  if (found === undefined || found === null) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function numberGiven(request: FastifyRequest, ...path: readonly string[]): number | undefined {
  const text = given(request, ...path);
  if (text !== undefined && !/^\d+$/.test(text)) throw invalid(`${path.join('.')}: a whole number is required.`);
  return text === undefined ? undefined : Number(text);
}

function serverNamed(asked: Asked): Instance {
  const id = given(asked.request, 'id');
  if (id === undefined) throw invalid('id is required.');
  return serverOf(asked, id);
}

function deployServer(asked: Asked): Told {
  const { request } = asked;
  const network = given(request, 'network', 'networkId');
  if (network === undefined) throw invalid('network.networkId is required.');
  const server = deploy(asked, {
    name: given(request, 'name'),
    description: given(request, 'description'),
    image: given(request, 'imageId') ?? '',
    network,
    password: given(request, 'administratorPassword'),
    started: given(request, 'start') !== 'false',
    cpus: numberGiven(request, 'cpu', 'count'),
    memory: numberGiven(request, 'memoryGb'),
  });
  const message = `Request to deploy Server '${server.name}' has been accepted and is being processed.`;
  return response('DEPLOY_SERVER', 'IN_PROGRESS', message, [{ '@name': 'serverId', '@value': server.id }]);
}

function reconfigureServer(asked: Asked): Told {
  const server = serverNamed(asked);
  const [cpus, memory] = [numberGiven(asked.request, 'cpuCount'), numberGiven(asked.request, 'memoryGb')];
  reconfigure(asked, server, { ...(cpus === undefined ? {} : { cpus }), ...(memory === undefined ? {} : { memory }) });
  return response('RECONFIGURE_SERVER', 'IN_PROGRESS', `Request to reconfigure Server '${server.name}' has been accepted.`);
}
