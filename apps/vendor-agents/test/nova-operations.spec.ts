import type { MachineOperations, PowerAction } from '../src/vendor/port.js';
import { fault, json, notFound, RecordedOpenStack } from './recorded-openstack.js';
import { partsOf, type Recorded } from './recorded-cloud.js';

let cloud: RecordedOpenStack;
let operations: MachineOperations;

beforeEach(async () => {
  cloud = await RecordedOpenStack.open();
  operations = partsOf(cloud.driver).operations;
});
afterEach(() => cloud.close());

const region = 'RegionOne';
const action = '/compute/v2.1/servers/s-1/action';

describe('an action', () => {
  it.each([
    ['start', false, { 'os-start': null }],
    ['stop', false, { 'os-stop': null }],
    ['stop', true, { 'os-stop': null }],
    ['restart', false, { reboot: { type: 'SOFT' } }],
    ['restart', true, { reboot: { type: 'HARD' } }],
    ['suspend', false, { suspend: null }],
    ['resume', false, { resume: null }],
  ] as const)('%s (forced: %s) is %j', async (name: PowerAction, forced, body) => {
    cloud.answers[`POST ${action}`] = () => ({ status: 202 });
    await operations.act(region, 's-1', name, forced);
    expect(cloud.sent('POST', action)).toEqual(body);
  });

  it.each([
    ['conflictingRequest', 409, "Cannot 'os-start' instance s-1 while it is in vm_state active", 'conflict'],
    ['itemNotFound', 404, 'Instance s-1 could not be found.', 'not-found'],
    ['forbidden', 403, "Policy doesn't allow os_compute_api:os-suspend-server:suspend to be performed.", 'forbidden'],
    ['computeFault', 500, 'Unexpected API Error.', 'unavailable'],
  ])('refused with %s %i is %s', async (name, status, message, reason) => {
    cloud.answers[`POST ${action}`] = () => fault(name, status, message);
    await expect(operations.act(region, 's-1', 'start', false)).rejects.toMatchObject({ reason, vendorCode: name, message });
    expect(cloud.asked('POST', action)).toHaveLength(1);
  });
});

describe('a resize', () => {
  let server: Record<string, unknown>;
  const step = (): Promise<boolean> => operations.resize(region, 's-1', 'm1.large');
  const taken = (): Recorded => ({ status: 202 });

  beforeEach(() => {
    server = { id: 's-1', status: 'ACTIVE', flavor: { id: 'f-1' } };
    cloud.answers['GET /compute/v2.1/flavors/detail'] = () =>
      json({ flavors: ['m1.small', 'm1.large'].map((name, at) => ({ id: `f-${at + 1}`, name, ram: 2048, vcpus: 1, disk: 20 })) });
    cloud.answers['GET /compute/v2.1/servers/s-1'] = () => json({ server });
    cloud.answers[`POST ${action}`] = taken;
  });

  it('is asked for, confirmed, and there: one step a call', async () => {
    await expect(step()).resolves.toBe(false);
    expect(cloud.sent('POST', action)).toEqual({ resize: { flavorRef: 'f-2' } });
    server.status = 'RESIZE';
    await expect(step()).resolves.toBe(false);
    server = { ...server, status: 'VERIFY_RESIZE', flavor: { id: 'f-2' } };
    await expect(step()).resolves.toBe(false);
    expect(cloud.sent('POST', action)).toEqual({ confirmResize: null });
    cloud.answers[`POST ${action}`] = () => fault('conflictingRequest', 409, 'task_state resize_confirming');
    await expect(step()).resolves.toBe(false);
    server.status = 'ACTIVE';
    await expect(step()).resolves.toBe(true);
    expect(cloud.asked('POST', action)).toHaveLength(3);
  });

  it('of a stopped machine is done when it is stopped again', async () => {
    server.status = 'SHUTOFF';
    await expect(step()).resolves.toBe(false);
    server.flavor = { id: 'f-2' };
    await expect(step()).resolves.toBe(true);
  });

  it.each(['BUILD', 'REBOOT', 'REVERT_RESIZE', 'DREAMING', undefined])('waits in %s', async (status) => {
    server.status = status;
    await expect(step()).resolves.toBe(false);
    expect(cloud.asked('POST', action)).toEqual([]);
  });

  it.each([
    ['badRequest', 400, 'No valid host was found. No valid host found for resize', 'no-capacity'],
    ['badRequest', 400, 'When resizing, instances must change flavor!', 'invalid-request'],
    ['forbidden', 403, 'Quota exceeded for cores: Requested 4, but already used 20 of 20 cores', 'quota'],
    ['conflictingRequest', 409, "Cannot 'resize' instance s-1 while it is in vm_state suspended", 'conflict'],
  ])('refused with %s %i (%s) is %s', async (name, status, message, reason) => {
    cloud.answers[`POST ${action}`] = () => fault(name, status, message);
    await expect(step()).rejects.toMatchObject({ reason, vendorCode: name });
  });

  it.each([
    [{ code: 500, message: 'No valid host was found.' }, 'no-capacity'],
    [{ code: 500, message: 'Disk is too small' }, 'boot-failed'],
    [undefined, 'boot-failed'],
  ])('that ends in ERROR with %j is %s', async (why, reason) => {
    server = { ...server, status: 'ERROR', fault: why };
    await expect(step()).rejects.toMatchObject({ reason });
  });

  it('to a size, or of a machine, that nobody knows is refused', async () => {
    await expect(operations.resize(region, 's-1', 'm9.huge')).rejects.toMatchObject({ reason: 'not-found' });
    cloud.answers['GET /compute/v2.1/servers/s-1'] = () => json({});
    await expect(step()).rejects.toMatchObject({ reason: 'unknown' });
    cloud.answers['GET /compute/v2.1/servers/s-1'] = notFound;
    await expect(step()).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('an image of a machine', () => {
  const save = () => operations.save(region, 's-1', { name: 'monday', token: 't-1' });
  let images: object[];

  beforeEach(() => {
    images = [{ id: 'img-0', name: 'monday-t-10', status: 'active' }];
    cloud.answers['GET /image/v2/images'] = () => json({ images });
    cloud.answers[`POST ${action}`] = () => {
      images.push({ id: 'img-9', name: 'monday-t-1', status: 'queued' });
      return { status: 202, headers: { location: 'http://glance/images/img-9' } };
    };
  });

  it('is begun once, under a name that ends in our token', async () => {
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state: 'building' });
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state: 'building' });
    expect(cloud.asked('POST', action)).toHaveLength(1);
    expect(cloud.sent('POST', action)).toEqual({
      createImage: { name: 'monday-t-1', metadata: { 'agency.image': 't-1' } },
    });
    expect(cloud.asked('GET', '/image/v2/images')[0]?.url).toContain('name=monday-t-1&');
  });

  it('is known at once where Nova tells its id', async () => {
    cloud.answers[`POST ${action}`] = () => json({ image_id: 'img-7' }, 202);
    await expect(save()).resolves.toEqual({ vendorId: 'img-7', state: 'building' });
  });

  it.each([
    ['queued', 'building'],
    ['saving', 'building'],
    ['active', 'active'],
    ['killed', 'error'],
    ['deactivated', 'error'],
    ['enchanted', 'building'],
    [undefined, 'building'],
  ])('that is %s reads %s', async (status, state) => {
    images = [{ name: 'monday-t-1' }, { id: 'img-9', name: 'monday-t-1', status }];
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state });
  });

  it('is found on a later page', async () => {
    cloud.answers['GET /image/v2/images'] = (seen) =>
      seen.url.includes('marker')
        ? json({ images: [{ id: 'img-9', name: 'monday-t-1', status: 'active' }] })
        : json({ images, next: '/v2/images?name=monday-t-1&marker=img-0' });
    await expect(save()).resolves.toEqual({ vendorId: 'img-9', state: 'active' });
  });

  it('that does not show is not taken for done; a refusal is told', async () => {
    cloud.answers[`POST ${action}`] = () => ({ status: 202 });
    await expect(save()).rejects.toMatchObject({ reason: 'unknown', outcomeUnknown: true });
    cloud.answers[`POST ${action}`] = () => fault('conflictingRequest', 409, 'task_state image_snapshot');
    await expect(save()).rejects.toMatchObject({ reason: 'conflict' });
    cloud.answers[`POST ${action}`] = () => fault('forbidden', 403, 'Quota exceeded for snapshots');
    await expect(save()).rejects.toMatchObject({ reason: 'quota' });
  });
});
