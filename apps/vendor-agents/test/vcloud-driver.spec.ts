import { asVendorError } from '../src/vendor/vendor-error.js';
import { installationMark } from '../src/vendor/machine-label.js';
import { vendor as arctur } from '../src/vendors/arctur/index.js';
import { vendor as vcloud } from '../src/vendors/vcloud/index.js';
import { error, RecordedVcloud, xml } from './recorded-vcloud.js';

const token = '0f6a1f6e-5d0b-4f0e-9a61-6f2f6f1c2d3e';
const label = `web-${installationMark('here')}-${token}`;
const order = {
  name: 'web',
  region: 'vdc one',
  zone: 'vdc one',
  size: 'c2-m4-d50',
  image: 'vappTemplate-1',
  tags: { 'agency.placement': token, 'agency.installation': 'here' },
};

let cloud: RecordedVcloud;

beforeEach(async () => {
  cloud = await RecordedVcloud.open(vcloud, { username: 'ann', organization: 'shop', password: 'hunter2' });
  const { answers } = cloud;
  answers['POST /api/sessions'] = () =>
    xml(
      `<Session user="ann" org="shop"><Link rel="down" type="${type('orgList')}" href="${cloud.url}/api/org/"/></Session>`,
      200,
      {
        'x-vcloud-authorization': 'cn9uYmdugN',
      },
    );
  answers['GET /api/org/'] = () =>
    xml(`<OrgList><Org name="other" href="${cloud.url}/api/org/2"/><Org name="shop" href="${cloud.url}/api/org/1"/></OrgList>`);
  answers['GET /api/org/1'] = () =>
    xml(
      `<Org name="shop" href="${cloud.url}/api/org/1"><Link rel="down" type="${type('catalog')}" name="public" href="${cloud.url}/api/catalog/1"/>` +
        `<Link rel="down" type="${type('vdc')}" name="vdc one" href="${cloud.url}/api/vdc/v-1"/>` +
        `<Link rel="down" type="${type('vdc')}" name="vdc two" href="${cloud.url}/api/vdc/v-2"/></Org>`,
    );
  answers['GET /api/vdc/v-1'] = () => vdc();
  answers['GET /api/query'] = () => records('');
});
afterEach(() => cloud.close());

const type = (name: string): string => `application/vnd.vmware.vcloud.${name}+xml`;
const vdc = (limits = '<Limit>0</Limit><Used>0</Used>', quota = 0) =>
  xml(
    `<Vdc xmlns="http://www.vmware.com/vcloud/v1.5" name="vdc one" href="${cloud.url}/api/vdc/v-1"><ComputeCapacity><Memory><Units>MB</Units>${limits}</Memory></ComputeCapacity>` +
      `<AvailableNetworks><Network name="office &amp; lab" href="${cloud.url}/api/network/n-1"/></AvailableNetworks><VmQuota>${quota}</VmQuota></Vdc>`,
  );
const records = (inner: string, more = '') =>
  xml(`<QueryResultRecords total="9" page="1" pageSize="128">${more}${inner}</QueryResultRecords>`);
const record = (name: string, id: string, more = 'status="POWERED_ON"') =>
  `<VAppRecord name="${name}" href="${cloud.url}/api/vApp/${id}" vdc="${cloud.url}/api/vdc/v-1" ${more}/>`;
const task = (status = 'success', more = '', inner = '') =>
  `<Task href="${cloud.url}/api/task/t-1" status="${status}" ${more}>${inner}</Task>`;
const items = (cores: number, memory: number, capacity: number) =>
  `<ovf:Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>${cores}</rasd:VirtualQuantity></ovf:Item>` +
  `<ovf:Item><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>${memory}</rasd:VirtualQuantity></ovf:Item>` +
  `<ovf:Item><rasd:HostResource vcloud:capacity="${capacity}" vcloud:busType="6"/><rasd:InstanceID>2000</rasd:InstanceID><rasd:ResourceType>17</rasd:ResourceType></ovf:Item>`;
const vapp = (attributes: string, tasks = '', hardware = items(2, 4096, 51_200)) =>
  xml(
    `<VApp xmlns:ovf="o" xmlns:rasd="r" xmlns:vcloud="v" name="${label}" href="${cloud.url}/api/vApp/vapp-1" ${attributes}>${tasks === '' ? '' : `<Tasks>${tasks}</Tasks>`}` +
      `<Children><Vm href="${cloud.url}/api/vApp/vm-1"><ovf:VirtualHardwareSection>${hardware}</ovf:VirtualHardwareSection>` +
      '<NetworkConnectionSection><PrimaryNetworkConnectionIndex>1</PrimaryNetworkConnectionIndex>' +
      '<NetworkConnection network="a"><NetworkConnectionIndex>0</NetworkConnectionIndex><IpAddress>10.0.0.1</IpAddress></NetworkConnection>' +
      '<NetworkConnection network="b"><NetworkConnectionIndex>1</NetworkConnectionIndex><IpAddress>10.0.0.2</IpAddress></NetworkConnection>' +
      '</NetworkConnectionSection></Vm></Children></VApp>',
  );
const shows = (attributes: string, tasks = '', hardware?: string) => {
  cloud.answers['GET /api/vApp/vapp-1'] = () => vapp(attributes, tasks, hardware);
};
const get = () => cloud.driver.get('vdc one', 'vapp-1');
const reasonOf = async (call: Promise<unknown>) =>
  await call.then(
    () => undefined,
    (failure: unknown) => asVendorError(failure),
  );

describe('the session', () => {
  it('is asked for as user@organization, carried in its own header, and renewed once when it is refused', async () => {
    const { answers } = cloud;
    await cloud.driver.check();
    const [login] = cloud.asked('POST', '/api/sessions');
    expect(login?.headers.authorization).toBe(`Basic ${Buffer.from('ann@shop:hunter2').toString('base64')}`);
    expect(login?.headers.accept).toBe('application/*+xml;version=1.5');
    let refusals = 1;
    answers['GET /api/vApp/vapp-1'] = () => (refusals-- > 0 ? error(401, 'UNAUTHORIZED') : vapp('status="4" deployed="true"'));
    expect(await get()).toMatchObject({ state: 'active' });
    expect(cloud.asked('POST', '/api/sessions')).toHaveLength(2);
    expect(cloud.asked('GET', '/api/vApp/vapp-1')[0]?.headers['x-vcloud-authorization']).toBe('cn9uYmdugN');
  });

  it('that is not given says that the credentials are bad', async () => {
    cloud.answers['POST /api/sessions'] = () => ({ status: 401, body: '' });
    expect(await reasonOf(cloud.driver.check())).toMatchObject({ reason: 'bad-credentials' });
  });

  it('goes to no other host', async () => {
    cloud.answers['GET /api/org/'] = () =>
      xml('<OrgList><Org name="shop" href="https://elsewhere.example/api/org/1"/></OrgList>');
    expect(await reasonOf(cloud.driver.check())).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
  });

  it('is asked for below the endpoint, whether that names the API or not', async () => {
    const other = await RecordedVcloud.open(arctur, { username: 'ann', organization: 'shop', password: 'x' }, '/api/');
    other.answers['POST /api/sessions'] = () => ({ status: 401 });
    await reasonOf(other.driver.check());
    expect(other.calls).toEqual(['POST /api/sessions']);
    await other.close();
  });
});

it('takes virtual data centers for regions, and offers no more memory than one has', async () => {
  expect(await cloud.driver.regions()).toEqual(['vdc one', 'vdc two']);
  expect(await cloud.driver.zones('vdc one')).toEqual(['vdc one']);
  expect(await reasonOf(cloud.driver.zones('vdc nine'))).toMatchObject({ reason: 'not-found' });
  cloud.answers['GET /api/vdc/v-1'] = () => vdc('<Limit>8192</Limit><Used>2048</Used>');
  const sizes = await cloud.driver.sizes('vdc one');
  expect(Math.max(...sizes.map(({ memory }) => memory))).toBe(8);
  expect(await cloud.driver.quotas('vdc one')).toEqual([{ of: 'memory', left: 6 }]);
});

it('counts the machines of a vdc against its quota, page after page, templates aside', async () => {
  const { answers } = cloud;
  answers['GET /api/vdc/v-1'] = () => vdc(undefined, 5);
  const machine = (more = '') => `<VMRecord name="m" vdc="${cloud.url}/api/vdc/v-1" ${more}/>`;
  answers['GET /api/query?type=vm&format=records&pageSize=128'] = () =>
    records(machine(), `<Link rel="nextPage" href="${cloud.url}/api/query?type=vm&amp;page=2"/>`);
  answers['GET /api/query?type=vm&page=2'] = () => records(machine() + machine('isVAppTemplate="true"'));
  expect(await cloud.driver.quotas('vdc one')).toEqual([{ of: 'machines', left: 3 }]);
  answers['GET /api/query?type=vm&page=2'] = answers['GET /api/query?type=vm&format=records&pageSize=128'];
  expect(await reasonOf(cloud.driver.quotas('vdc one'))).toMatchObject({ vendorCode: 'malformed' });
});

it('finds the newest template of a portable name', async () => {
  const template = (name: string, id: string, day: string) =>
    `<VAppTemplateRecord name="${name}" href="${cloud.url}/api/vAppTemplate/${id}" creationDate="2026-01-${day}T00:00:00Z"/>`;
  cloud.answers['GET /api/query'] = () =>
    records(template('Debian 12', 'a', '01') + template('debian-12-cloud', 'b', '09') + template('Windows', 'c', '10'));
  expect(await cloud.driver.image('debian-12', null, 'vdc one')).toBe('b');
  expect(await reasonOf(cloud.driver.image('rocky-9', 'x64', 'vdc one'))).toMatchObject({ reason: 'not-found' });
});

describe('a vApp', () => {
  it.each([
    ['status="4" deployed="true"', '', 'active'],
    ['status="8" deployed="false"', '', 'inactive'],
    ['status="3" deployed="true"', '', 'suspended'],
    ['status="-1"', '', 'error'],
    ['status="0"', '', 'building'],
    ['status="10" deployed="true"', '', 'building'],
    ['status="MELTING"', '', 'building'],
    ['', '', 'building'],
    ['status="8"', 'running', 'building'],
    ['status="4" deployed="true"', 'queued', 'building'],
  ])('that shows %s and a task that is %s is %s', async (attributes, status, state) => {
    shows(attributes, status === '' ? '' : task(status, 'operationName="vappDeploy"'));
    expect(await get()).toEqual({
      vendorId: 'vapp-1',
      state,
      address: '10.0.0.2',
      zone: 'vdc one',
      fault: state === 'error' ? (expect.anything() as unknown) : null,
    });
  });

  it.each([
    ['Insufficient memory on the cluster', 'no-capacity'],
    ['The VM quota has been reached', 'quota'],
    ['The virtual disk is broken', 'boot-failed'],
  ])('whose deployment has failed with %j is in error for %s', async (message, reason) => {
    const failed = `<Error message="${message}" minorErrorCode="INTERNAL_SERVER_ERROR"/>`;
    shows('status="8" deployed="false"', task('error', 'operationName="vappDeploy"', failed));
    expect(await get()).toMatchObject({ state: 'error', fault: { reason, message } });
  });

  it('is unknown only where the cloud says so', async () => {
    const { answers } = cloud;
    answers['GET /api/vApp/vapp-1'] = () =>
      error(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'No access to entity &quot;vapp-1&quot;.');
    expect(await get()).toBeUndefined();
    answers['GET /api/vApp/vapp-1'] = () => error(403, 'ACCESS_TO_RESOURCE_IS_FORBIDDEN', 'Operation denied.');
    expect(await reasonOf(get())).toMatchObject({ reason: 'forbidden' });
    answers['GET /api/vApp/vapp-1'] = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' });
    expect(await reasonOf(get())).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
    answers['GET /api/vApp/vapp-1'] = () => xml('<VApp status="4"/>');
    expect(await reasonOf(get())).toMatchObject({ vendorCode: 'malformed' });
  });
});

describe('creating', () => {
  const done = () => xml(task('success'));
  beforeEach(() => {
    const { answers } = cloud;
    answers['POST /api/vdc/v-1/action/instantiateVAppTemplate'] = () =>
      vapp('status="0"', task('running', 'operationName="vdcInstantiateVapp"'));
    answers['GET /api/task/t-1'] = done;
    for (const path of [
      'virtualHardwareSection/cpu',
      'virtualHardwareSection/memory',
      'virtualHardwareSection/disks',
      'networkConnectionSection/',
      'guestCustomizationSection/',
      'productSections/',
    ])
      answers[`PUT /api/vApp/vm-1/${path}`] = done;
    answers['POST /api/vApp/vapp-1/metadata'] = done;
    answers['POST /api/vApp/vapp-1/action/deploy'] = () => xml(task('running', 'operationName="vappDeploy"'), 202);
    shows('status="8" deployed="false"');
  });

  it('copies the template, gives it its network and name, and deploys it', async () => {
    expect(await cloud.driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA', userData: '#cloud-config\n' }, token)).toMatchObject(
      {
        vendorId: 'vapp-1',
        state: 'building',
      },
    );
    const [instantiate] = cloud.asked('POST', '/api/vdc/v-1/action/instantiateVAppTemplate');
    expect(instantiate?.headers['content-type']).toBe(type('instantiateVAppTemplateParams'));
    expect(instantiate?.body).toContain(`name="${label}" deploy="false" powerOn="false"`);
    expect(instantiate?.body).toContain('networkName="office &#38; lab"');
    expect(instantiate?.body).toContain(`<Source href="${cloud.url}/api/vAppTemplate/vappTemplate-1"/>`);
    const [properties] = cloud.asked('PUT', '/api/vApp/vm-1/productSections/');
    expect(properties?.body).toContain(Buffer.from('#cloud-config\n').toString('base64'));
    expect(properties?.body).toContain('ovf:value="ssh-ed25519 AAAA"');
    expect(cloud.asked('POST', '/api/vApp/vapp-1/metadata')[0]?.body).toContain(
      '<Key>agency.installation</Key><Value>here</Value>',
    );
    expect(cloud.calls.filter((call) => call.includes('virtualHardwareSection'))).toEqual([]);
  });

  it('changes processors, memory and disk one after the other, as they were shown', async () => {
    let hardware: [number, number, number] = [1, 1024, 10_240];
    cloud.answers['GET /api/vApp/vapp-1'] = () => vapp('status="8" deployed="false"', '', items(...hardware));
    const becomes = (path: string, next: [number, number, number]) => {
      cloud.answers[`PUT /api/vApp/vm-1/virtualHardwareSection/${path}`] = () => {
        hardware = next;
        return done();
      };
    };
    becomes('cpu', [2, 1024, 10_240]);
    becomes('memory', [2, 4096, 10_240]);
    becomes('disks', [2, 4096, 51_200]);
    const controller = '<Item><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType></Item>';
    cloud.answers['GET /api/vApp/vm-1/virtualHardwareSection/disks'] = () =>
      xml(
        `<RasdItemsList xmlns:ovf="o" xmlns:rasd="r" xmlns:vcloud="v">${controller}${items(1, 1, 10_240).replaceAll('ovf:Item', 'Item')}</RasdItemsList>`,
      );
    await cloud.driver.create(order, token);
    const sent = (part: string) => cloud.asked('PUT', `/api/vApp/vm-1/virtualHardwareSection/${part}`)[0]?.body;
    expect(sent('cpu')).toContain(
      '<rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity>',
    );
    expect(sent('memory')).toContain('<rasd:VirtualQuantity>4096</rasd:VirtualQuantity>');
    expect(sent('disks')).toContain('<rasd:InstanceID>3</rasd:InstanceID>');
    expect(sent('disks')).toContain('<rasd:HostResource vcloud:capacity="51200" vcloud:busType="6"></rasd:HostResource>');
  });

  it('takes no image whose disk is larger than the machine’s, and leaves nothing of it', async () => {
    shows('status="8" deployed="false"', '', items(2, 4096, 102_400));
    cloud.answers['DELETE /api/vApp/vapp-1'] = done;
    expect(await reasonOf(cloud.driver.create(order, token))).toMatchObject({ reason: 'invalid-request' });
    expect(cloud.asked('DELETE', '/api/vApp/vapp-1')).toHaveLength(1);
  });

  it('goes on with what an earlier try has left, and does not deploy it twice', async () => {
    cloud.answers['GET /api/query'] = () => records(record(label, 'vapp-1', 'status="POWERED_OFF"'));
    expect(await cloud.driver.find('vdc one', token)).toBeUndefined();
    await cloud.driver.create(order, token);
    expect(cloud.asked('POST', '/api/vdc/v-1/action/instantiateVAppTemplate')).toEqual([]);
    shows('status="8" deployed="false"', task('running', 'operationName="vappDeploy"'));
    expect(await cloud.driver.find('vdc one', token)).toMatchObject({ vendorId: 'vapp-1', state: 'building' });
    await cloud.driver.create(order, token);
    expect(cloud.asked('POST', '/api/vApp/vapp-1/action/deploy')).toHaveLength(1);
  });

  it.each([
    ['QUOTA_EXCEEDED', 'The VM quota of the vDC is exhausted', 400, 'quota'],
    ['BAD_REQUEST', 'There are not enough resources to complete the operation', 400, 'no-capacity'],
    ['OPERATION_LIMITS_EXCEEDED', 'Too many operations at once', 400, 'rate-limited'],
    ['BAD_REQUEST', 'The name is wrong', 400, 'invalid-request'],
    ['INTERNAL_SERVER_ERROR', 'Something broke', 500, 'unavailable'],
  ])('says what %s %j means', async (minor, message, status, reason) => {
    cloud.answers['POST /api/vdc/v-1/action/instantiateVAppTemplate'] = () => error(status, minor, message);
    expect(await reasonOf(cloud.driver.create(order, token))).toMatchObject({ reason, vendorCode: minor, message });
  });

  it('says why the copy has failed', async () => {
    const failed = task(
      'error',
      'operationName="vdcInstantiateVapp"',
      '<Error message="Insufficient storage" minorErrorCode="X"/>',
    );
    cloud.answers['GET /api/task/t-1'] = () => xml(failed);
    shows('status="-1"', failed);
    expect(await cloud.driver.create(order, token)).toMatchObject({ state: 'building' });
    expect(await get()).toMatchObject({ state: 'error', fault: { reason: 'no-capacity', code: 'X' } });
    cloud.answers['GET /api/vApp/vapp-1'] = () => error(404, 'RESOURCE_NOT_FOUND');
    expect(await reasonOf(cloud.driver.create(order, token))).toMatchObject({ reason: 'no-capacity', vendorCode: 'X' });
  });
});

it('lists the machines of one installation in one vdc', async () => {
  cloud.answers['GET /api/query'] = () =>
    records(
      record(label, 'vapp-1') +
        record(`web-${installationMark('there')}-${token}`, 'vapp-2') +
        record('somebody’s own', 'vapp-3') +
        record(label, 'vapp-4', 'status="UNRESOLVED"').replace('vdc/v-1', 'vdc/v-2'),
    );
  expect(await cloud.driver.list('vdc one', 'here')).toMatchObject([{ vendorId: 'vapp-1', state: 'active', placement: token }]);
});

it('takes back resources before it deletes, and waits for what is under way', async () => {
  const { answers } = cloud;
  answers['POST /api/vApp/vapp-1/action/undeploy'] = () => xml(task('running'), 202);
  answers['DELETE /api/vApp/vapp-1'] = () => xml(task('running'), 202);
  const remove = () => cloud.driver.delete('vdc one', 'vapp-1');
  shows('status="4" deployed="true"');
  await remove();
  shows('status="4" deployed="true"', task('running'));
  await remove();
  shows('status="8" deployed="false"');
  await remove();
  expect(cloud.calls.filter((call) => !call.startsWith('GET') && !call.includes('sessions'))).toEqual([
    'POST /api/vApp/vapp-1/action/undeploy',
    'DELETE /api/vApp/vapp-1',
  ]);
});

describe('operations', () => {
  const accepted = () => xml(task('running'), 202);
  const act = async (action: 'start' | 'stop' | 'restart' | 'suspend' | 'resume', forced: boolean) => {
    await cloud.driver.operations?.act('vdc one', 'vapp-1', action, forced);
    return cloud.calls.at(-1);
  };

  it('are asked of the vApp; what is not forced asks the system', async () => {
    for (const path of [
      'action/deploy',
      'action/undeploy',
      'power/action/reset',
      'power/action/reboot',
      'power/action/suspend',
      'power/action/powerOn',
    ])
      cloud.answers[`POST /api/vApp/vapp-1/${path}`] = accepted;
    expect(await act('start', false)).toBe('POST /api/vApp/vapp-1/action/deploy');
    expect(await act('restart', true)).toBe('POST /api/vApp/vapp-1/power/action/reset');
    expect(await act('restart', false)).toBe('POST /api/vApp/vapp-1/power/action/reboot');
    expect(await act('suspend', false)).toBe('POST /api/vApp/vapp-1/power/action/suspend');
    expect(await act('resume', false)).toBe('POST /api/vApp/vapp-1/power/action/powerOn');
    await act('stop', false);
    await act('stop', true);
    const [soft, hard] = cloud.asked('POST', '/api/vApp/vapp-1/action/undeploy');
    expect(soft?.body).toContain('<UndeployPowerAction>shutdown</UndeployPowerAction>');
    expect(hard?.body).toContain('<UndeployPowerAction>powerOff</UndeployPowerAction>');
  });

  it('are refused while another one is under way', async () => {
    cloud.answers['POST /api/vApp/vapp-1/power/action/suspend'] = () =>
      error(400, 'BUSY_ENTITY', 'The entity is busy completing an operation.');
    expect(await reasonOf(act('suspend', false))).toMatchObject({ reason: 'conflict', vendorCode: 'BUSY_ENTITY' });
  });

  it('resize a machine that is stopped for it, and started again', async () => {
    const { answers } = cloud;
    let marked = false;
    answers['POST /api/vApp/vapp-1/metadata'] = () => ((marked = true), xml(task()));
    answers['DELETE /api/vApp/vapp-1/metadata/agency.resume'] = () => ((marked = false), xml(task()));
    answers['GET /api/vApp/vapp-1/metadata'] = () =>
      xml(`<Metadata>${marked ? '<MetadataEntry><Key>agency.resume</Key><Value>true</Value></MetadataEntry>' : ''}</Metadata>`);
    answers['POST /api/vApp/vapp-1/action/undeploy'] = answers['POST /api/vApp/vapp-1/action/deploy'] = accepted;
    answers['PUT /api/vApp/vm-1/virtualHardwareSection/cpu'] = accepted;
    const resize = async () => [await cloud.driver.operations?.resize('vdc one', 'vapp-1', 'c4-m4-d50'), cloud.calls.at(-1)];
    shows('status="4" deployed="true"');
    expect(await resize()).toEqual([false, 'POST /api/vApp/vapp-1/action/undeploy']);
    shows('status="4" deployed="true"', task('running'));
    expect(await resize()).toEqual([false, 'GET /api/vApp/vapp-1']);
    shows('status="8" deployed="false"');
    expect(await resize()).toEqual([false, 'PUT /api/vApp/vm-1/virtualHardwareSection/cpu']);
    shows('status="8" deployed="false"', '', items(4, 4096, 51_200));
    expect(await resize()).toEqual([false, 'POST /api/vApp/vapp-1/action/deploy']);
    shows('status="4" deployed="true"', '', items(4, 4096, 51_200));
    expect(await resize()).toEqual([true, 'DELETE /api/vApp/vapp-1/metadata/agency.resume']);
    expect(marked).toBe(false);
    expect(await reasonOf(cloud.driver.operations?.resize('vdc one', 'vapp-1', 'c4-m4-d20') ?? Promise.resolve())).toMatchObject({
      reason: 'invalid-request',
    });
    expect(await reasonOf(cloud.driver.operations?.resize('vdc one', 'vapp-1', 'large') ?? Promise.resolve())).toMatchObject({
      reason: 'invalid-request',
    });
  });

  it('capture a machine that is stopped for it, put the template into a catalog, and start the machine again', async () => {
    const { answers } = cloud;
    let [marked, captured, deployed] = [false, false, true];
    const template = (status: string) =>
      xml(`<VAppTemplate name="t" status="${status}" href="${cloud.url}/api/vAppTemplate/tpl-1"/>`);
    answers['GET /api/vApp/vapp-1'] = () => vapp(deployed ? 'status="4" deployed="true"' : 'status="8" deployed="false"');
    answers['POST /api/vApp/vapp-1/metadata'] = () => {
      marked = true;
      return xml(task());
    };
    answers['DELETE /api/vApp/vapp-1/metadata/agency.resume'] = () => {
      marked = false;
      return xml(task());
    };
    answers['GET /api/vApp/vapp-1/metadata'] = () =>
      xml(`<Metadata>${marked ? '<MetadataEntry><Key>agency.resume</Key><Value>true</Value></MetadataEntry>' : ''}</Metadata>`);
    answers['POST /api/vApp/vapp-1/action/undeploy'] = () => {
      deployed = false;
      return xml(task('running'), 202);
    };
    answers['POST /api/vApp/vapp-1/action/deploy'] = () => {
      deployed = true;
      return xml(task('running'), 202);
    };
    answers['GET /api/task/t-1'] = () => xml(task());
    answers['POST /api/vdc/v-1/action/captureVApp'] = () => {
      captured = true;
      return template('0');
    };
    answers['GET /api/query'] = () =>
      records(captured ? `<VAppTemplateRecord name="golden-${token}" href="${cloud.url}/api/vAppTemplate/tpl-1"/>` : '');
    answers['GET /api/vAppTemplate/tpl-1'] = () => template('8');
    answers['GET /api/catalog/1'] = () =>
      xml(
        `<Catalog name="own"><Link rel="add" type="${type('catalogItem')}" href="${cloud.url}/api/catalog/1/catalogItems"/></Catalog>`,
      );
    answers['POST /api/catalog/1/catalogItems'] = () => xml('<CatalogItem name="x"/>', 201);
    const save = async () => await cloud.driver.operations?.save('vdc one', 'vapp-1', { name: 'golden', token });
    expect(await save()).toEqual({ vendorId: 'tpl-1', state: 'building' });
    expect([marked, deployed]).toEqual([true, false]);
    expect(await save()).toEqual({ vendorId: 'tpl-1', state: 'building' });
    expect([marked, deployed]).toEqual([true, true]);
    expect(await save()).toEqual({ vendorId: 'tpl-1', state: 'active' });
    expect(marked).toBe(false);
    expect(cloud.asked('POST', '/api/vdc/v-1/action/captureVApp')).toHaveLength(1);
    expect(cloud.asked('POST', '/api/catalog/1/catalogItems')[0]?.body).toContain(
      `<Entity href="${cloud.url}/api/vAppTemplate/tpl-1"/>`,
    );
  });

  it('neither resize nor capture what is suspended', async () => {
    shows('status="3" deployed="true"');
    const resize = cloud.driver.operations?.resize('vdc one', 'vapp-1', 'c8-m8-d50') ?? Promise.resolve();
    expect(await reasonOf(resize)).toMatchObject({ reason: 'conflict' });
  });
});
