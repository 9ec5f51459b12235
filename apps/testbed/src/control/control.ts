import { AgencyError } from '@cloud-agency/errors';
import { isoTime } from '@cloud-agency/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Cloud } from '../cloud/cloud.js';
import type { Instance } from '../cloud/instance.js';
import { metricsOf } from '../cloud/metrics.js';
import { Refusal } from '../cloud/refusal.js';
import type { Testbed } from '../testbed.js';
import { serveImages } from './images.js';
import { serveNetworks } from './networks.js';
import {
  checkFault,
  DeathBody,
  FaultOrderBody,
  InterruptionBody,
  LoadBody,
  OddStateBody,
  PriceChangeBody,
  readBody,
} from './orders.js';
import { faultKinds } from '../cloud/faults.js';
import { serveVolumes } from './volumes.js';

const overview = {
  'GET /accounts': 'The accounts a client has, ready to be configured; ?clouds=aws,gogrid names some.',
  'GET /prices/<cloud>.csv': 'The price list of a cloud, with an ETag.',
  'GET /control/clouds': 'Regions, zones and how many machines still fit in each.',
  'GET /control/requests': 'How often each action has been asked of each cloud.',
  'GET /control/instances': 'Every instance of every cloud; ?cloud=aws names one.',
  'GET /control/volumes': 'Every volume of every cloud; ?cloud=aws names one.',
  'GET /control/networks': 'Every network that was made, with its subnets and interfaces; ?cloud=aws names one.',
  'GET /control/images': 'Every image that was saved of an instance; ?cloud=aws names one.',
  'GET /control/instances/<id>/metrics': 'What its hypervisor measures.',
  'POST /control/instances/<id>/die': 'Its process ends. {"silent": true} (the default): the cloud goes on calling it running.',
  'POST /control/instances/by-address/<address>/die': 'The same, by its address.',
  'GET /control/faults': 'The faults switched on.',
  'POST /control/faults': `{"cloud", "region"?, "zone"?, "fault": ${faultKinds.map((kind) => `"${kind}"`).join(' | ')}, "delay_ms"?, "retry_after"?, "after"?, "times"?, "probability"?}`,
  'DELETE /control/faults': 'Takes all of them back; /control/faults/<id> one.',
  'POST /control/prices':
    '{"cloud", "region"?, "instance_type", "market"?: "on-demand" (the default) | "spot", "price" | "factor"}: changes the price list.',
  'POST /control/instances/<id>/interrupt':
    '{"notice_ms"? (120000 without it)}: the cloud says that it takes a spot machine back, and does so when that time is over.',
  'POST /control/instances/<id>/vanish': 'The cloud has never heard of it.',
  'POST /control/instances/<id>/state':
    '{"state": "MELTING"}: the cloud shows it in a state that nobody knows; null: in its own again.',
  'POST /control/instances/<id>/load': '{"cpu": 95}: how much of its cores it uses, per cent; null: as it comes.',
  'DELETE /control/tokens': 'Ends every token that a cloud has given out, so that clients have to authenticate again.',
};

/** What an operator of the testbed can see and switch: JSON over HTTP below /control. */
export function serveControl(app: FastifyInstance, testbed: Testbed): void {
  app.get('/control', () => overview);
  app.get('/control/clouds', () => [...testbed.clouds.values()].map(cloudView));
  app.get('/control/requests', () => testbed.requests.list());
  app.delete('/control/tokens', (_request, reply) => {
    testbed.sessions.expireAll();
    return reply.code(204).send();
  });
  app.post('/control/prices', (request) => changePrice(testbed, request.body));
  serveInstances(app, testbed);
  serveVolumes(app, testbed);
  serveNetworks(app, testbed);
  serveImages(app, testbed);
  serveFaults(app, testbed);
}

function serveInstances(app: FastifyInstance, testbed: Testbed): void {
  app.get('/control/instances', (request) => {
    const { cloud } = request.query as { cloud?: string };
    return testbed.fleet
      .all()
      .filter((instance) => cloud === undefined || instance.cloud === cloud)
      .map(instanceView);
  });
  app.get('/control/instances/:id/metrics', (request) => {
    const instance = instanceOf(testbed, request);
    const size = testbed.clouds.get(instance.cloud)?.size(instance.region, instance.size);
    return size ? metricsOf(instance, size, testbed.clock.now()) : {};
  });
  app.post('/control/instances/:id/vanish', (request, reply) => {
    testbed.fleet.forget(instanceOf(testbed, request));
    return reply.code(204).send();
  });
  app.post('/control/instances/:id/state', (request) => {
    const { state } = readBody(OddStateBody, request.body);
    return instanceView(testbed.fleet.showAs(instanceOf(testbed, request), state));
  });
  app.post('/control/instances/:id/load', (request) => {
    const { cpu } = readBody(LoadBody, request.body);
    return instanceView(testbed.fleet.burden(instanceOf(testbed, request), cpu));
  });
  app.post('/control/instances/:id/interrupt', (request) => interrupt(testbed, instanceOf(testbed, request), request.body));
  app.post('/control/instances/:id/die', (request) => die(testbed, instanceOf(testbed, request), request.body));
  app.post('/control/instances/by-address/:address/die', (request) => {
    const { address } = request.params as { address: string };
    const instance = testbed.fleet.all().find((candidate) => candidate.address === address);
    if (!instance)
      throw new AgencyError('not-found', { what: `An instance at ${address}`, hint: 'GET /control/instances lists them.' });
    return die(testbed, instance, request.body);
  });
}

function serveFaults(app: FastifyInstance, testbed: Testbed): void {
  const { faults, fleet } = testbed;
  app.get('/control/faults', () => faults.list());
  app.post('/control/faults', async (request, reply) => {
    const order = readBody(FaultOrderBody, request.body);
    checkFault(order);
    checkPlace(testbed, order);
    const fault = faults.add(order);
    await fleet.heed();
    return reply.code(201).send(fault);
  });
  app.delete('/control/faults', async (_request, reply) => {
    faults.clear();
    await fleet.heed();
    return reply.code(204).send();
  });
  app.delete('/control/faults/:id', async (request, reply): Promise<FastifyReply> => {
    const { id } = request.params as { id: string };
    if (!faults.remove(id))
      throw new AgencyError('not-found', { what: `Fault ${id}`, hint: 'GET /control/faults lists those switched on.' });
    await fleet.heed();
    return reply.code(204).send();
  });
}

function cloudOf({ clouds }: Testbed, name: string): Cloud {
  const cloud = clouds.get(name);
  if (!cloud)
    throw new AgencyError('not-found', { what: `Cloud '${name}'`, hint: `The testbed has ${[...clouds.keys()].join(', ')}.` });
  return cloud;
}

/** @throws AgencyError not-found for a cloud, region or zone that there is not: a fault there would silently never strike. */
function checkPlace(testbed: Testbed, { cloud: name, region, zone }: { cloud: string; region?: string; zone?: string }): void {
  const cloud = cloudOf(testbed, name);
  if (region === undefined) return;
  const profile = cloud.region(region);
  if (!profile)
    throw new AgencyError('not-found', { what: `Region '${region}' of ${name}`, hint: 'GET /control/clouds lists them.' });
  if (zone !== undefined && !profile.zones.includes(zone)) {
    throw new AgencyError('not-found', { what: `Zone '${zone}' of ${region}`, hint: `It has ${profile.zones.join(', ')}.` });
  }
}

function instanceOf({ fleet }: Testbed, request: FastifyRequest): Instance {
  const { id } = request.params as { id: string };
  const instance = fleet.get(id);
  if (!instance) throw new AgencyError('not-found', { what: `Instance ${id}`, hint: 'GET /control/instances lists them.' });
  return instance;
}

function die({ fleet }: Testbed, instance: Instance, body: unknown) {
  const { silent = true } = readBody(DeathBody, body);
  try {
    return instanceView(fleet.die(instance, silent));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new AgencyError('conflict', { message: `${error.message} Only what runs can die.` }, { cause: error });
  }
}

/** As much notice as EC2 gives (EC2 guide, Spot Instance interruption notices). */
const usualNoticeMs = 120_000;

function interrupt({ fleet }: Testbed, instance: Instance, body: unknown) {
  const { notice_ms: noticeMs = usualNoticeMs } = readBody(InterruptionBody, body);
  try {
    return instanceView(fleet.interrupt(instance, noticeMs));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new AgencyError('conflict', { message: `${error.message} Only a spot machine is taken back.` }, { cause: error });
  }
}

function changePrice(testbed: Testbed, body: unknown) {
  const { cloud, region, instance_type: instanceType, market = 'on-demand', price, factor } = readBody(PriceChangeBody, body);
  if ((price === undefined) === (factor === undefined))
    throw new AgencyError('invalid-request', { message: 'Give either price or factor.' });
  checkPlace(testbed, { cloud, ...(region === undefined ? {} : { region }) });
  const to = (present: number): number => price ?? Number((present * (factor ?? 1)).toFixed(6));
  const where = region === undefined ? {} : { region };
  const changed = cloudOf(testbed, cloud).prices.change({ instanceType, market, to, ...where });
  if (changed === 0)
    throw new AgencyError('not-found', {
      what: `Instance type '${instanceType}' ${market} at ${cloud}`,
      hint: `GET /prices/${cloud}.csv lists them.`,
    });
  return { changed };
}

const instanceView = ({ id, cloud, region, zone, size, spot, state, dead, address, name, labels, createdAt }: Instance) => ({
  id,
  cloud,
  region,
  zone,
  type: size,
  market: spot ? 'spot' : 'on-demand',
  state,
  dead,
  address,
  name,
  tags: labels,
  created: isoTime(createdAt),
});

const cloudView = (cloud: Cloud) => ({
  name: cloud.name,
  face: cloud.face,
  volumes: cloud.profile.volumes,
  egress: cloud.profile.egress,
  elastic_disk: cloud.profile.elasticDisk,
  regions: cloud.profile.regions.map((region) => ({
    region: region.region,
    availability: region.availability,
    boot_ms: region.bootMs,
    quota: region.quota,
    zones: region.zones.map((zone) => ({ zone, capacity: region.capacity, left: cloud.room(region, zone) })),
  })),
});
