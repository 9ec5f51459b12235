import { type Recorded, RecordedCloud, testHttp } from './recorded-cloud.js';
import type { MachineOrder, VendorDriver } from '../src/vendor/port.js';
import { text } from '../src/vendor/xml.js';
import { list, parseXml } from '../src/vendor/xml.js';
import { vendor as opennebula } from '../src/vendors/opennebula/index.js';

type Argument = string | boolean;
type Answer = (...args: readonly Argument[]) => Recorded;

let cloud: RecordedCloud;
let driver: VendorDriver;
let answers: Record<string, Answer>;
/** The calls of each method: their arguments, the session first. */
let calls: Record<string, Argument[][]>;

const response = (inside: string): Recorded => ({
  headers: { 'content-type': 'text/xml' },
  body: `<?xml version="1.0"?><methodResponse>${inside}</methodResponse>`,
});
const array = (...values: readonly string[]): Recorded =>
  response(
    `<params><param><value><array><data>${values.map((value) => `<value>${value}</value>`).join('')}</data></array></value></param></params>`,
  );
const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const document = (content: string) => (): Recorded =>
  array('<boolean>1</boolean>', `<string>${escaped(content)}</string>`, '<i4>0</i4>');
const made = (id: number) => (): Recorded => array('<boolean>1</boolean>', `<i4>${id}</i4>`, '<i4>0</i4>');
const refused = (code: number, message: string) => (): Recorded =>
  array('<boolean>0</boolean>', `<string>${message}</string>`, `<i4>${code}</i4>`);

function read(body: string): { method: string; args: Argument[] } {
  const call = parseXml(body, 'methodCall');
  const args = list(call, ['params'], 'param').map((param): Argument => {
    const flag = text(param, 'value', 'boolean');
    return flag === undefined ? (text(param, 'value', 'int') ?? text(param, 'value', 'string') ?? '') : flag === '1';
  });
  return { method: text(call, 'methodName') ?? '', args };
}

const connect = (more: Record<string, unknown> = {}): VendorDriver =>
  opennebula.connect(
    {
      vendor: 'opennebula',
      name: 'campus',
      endpoint: `${cloud.url}/RPC2`,
      regions: ['campus'],
      credentials: { username: 'ann', password: 'hunter:2' },
      ...more,
    },
    { http: testHttp(), now: () => 0 },
  );

beforeEach(async () => {
  calls = {};
  answers = {
    'one.system.version': () => array('<boolean>1</boolean>', '<string>5.12.0.4</string>', '<i4>0</i4>'),
    'one.hostpool.info': document(hosts),
    'one.templatepool.info': document(templates),
    'one.imagepool.info': document(images),
    'one.template.instantiate': made(42),
  };
  cloud = await RecordedCloud.open((seen) => {
    const { method, args } = read(seen.body);
    (calls[method] ??= []).push(args);
    return answers[method]?.(...args) ?? refused(0x1000, `not recorded: ${method}`)();
  });
  driver = connect();
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const hosts =
  '<HOST_POOL><HOST><ID>0</ID><STATE>2</STATE><CLUSTER_ID>100</CLUSTER_ID><CLUSTER>east</CLUSTER></HOST><HOST><ID>1</ID><STATE>3</STATE><CLUSTER_ID>101</CLUSTER_ID><CLUSTER>broken</CLUSTER></HOST></HOST_POOL>';
const templates =
  '<VMTEMPLATE_POOL><VMTEMPLATE><ID>7</ID><NAME>small</NAME><TEMPLATE><CPU><![CDATA[0.5]]></CPU><VCPU><![CDATA[2]]></VCPU><MEMORY><![CDATA[2048]]></MEMORY><DISK><IMAGE><![CDATA[Debian 12]]></IMAGE></DISK><CONTEXT><NETWORK>YES</NETWORK><SSH_PUBLIC_KEY>$USER[SSH_PUBLIC_KEY]</SSH_PUBLIC_KEY></CONTEXT><SCHED_REQUIREMENTS>HYPERVISOR="kvm"</SCHED_REQUIREMENTS></TEMPLATE></VMTEMPLATE><VMTEMPLATE><ID>8</ID><NAME>no machine</NAME><TEMPLATE/></VMTEMPLATE></VMTEMPLATE_POOL>';
const images =
  '<IMAGE_POOL><IMAGE><ID>1</ID><NAME>Debian 12</NAME><TYPE>0</TYPE><SIZE>4096</SIZE><REGTIME>100</REGTIME></IMAGE><IMAGE><ID>2</ID><NAME>Debian 12 (new)</NAME><TYPE>0</TYPE><SIZE>4096</SIZE><REGTIME>200</REGTIME></IMAGE><IMAGE><ID>3</ID><NAME>Debian 12 data</NAME><TYPE>2</TYPE><SIZE>10</SIZE><REGTIME>300</REGTIME></IMAGE></IMAGE_POOL>';
const token = '01234567-89ab-4def-8123-456789abcdef';
const order: MachineOrder = {
  name: 'web 1',
  region: 'campus',
  zone: 'east',
  size: 'small',
  image: '2',
  tags: { 'agency.installation': 'here', team: 'a "b"' },
};
const vm = (state: number, lcm: number, more = ''): string =>
  `<VM><ID>42</ID><NAME>web</NAME><STATE>${state}</STATE><LCM_STATE>${lcm}</LCM_STATE>${more}</VM>`;
const last = (method: string): Argument[] => calls[method]?.at(-1) ?? [];

describe('the catalogue of a cloud', () => {
  it('has its templates as sizes, with the disk of their image, and free ones beside them', async () => {
    const sizes = await driver.sizes('campus');
    expect(sizes[0]).toEqual({ name: 'small', cores: 2, memory: 2, disk: 4, gpu: null, architecture: 'x64' });
    expect(sizes.map(({ name }) => name)).toContain('c4-m8-d50');
    expect(sizes.map(({ name }) => name)).not.toContain('no machine');
    answers['one.templatepool.info'] = document('<VMTEMPLATE_POOL/>');
    await expect(driver.sizes('campus')).resolves.toEqual([]);
  });

  it('has clusters with working hosts as zones, else the region itself', async () => {
    await expect(driver.zones('campus')).resolves.toEqual(['east']);
    answers['one.hostpool.info'] = refused(0x0200, '[one.hostpool.info] Not authorized');
    await expect(driver.zones('campus')).resolves.toEqual(['campus']);
  });

  it('has the newest image of a system, and no datablock for one', async () => {
    await expect(driver.image('debian-12', null, 'campus')).resolves.toBe('2');
    await expect(driver.image('rocky-9', null, 'campus')).rejects.toMatchObject({ reason: 'not-found' });
    driver.close();
    driver = connect({ images: { 'debian-12': '1' } });
    await expect(driver.image('debian-12', null, 'campus')).resolves.toBe('1');
  });
});

describe('a machine', () => {
  it('is made of its template, with what replaces parts of it', async () => {
    const instance = await driver.create({ ...order, sshKey: 'ssh-ed25519 AAAA ann', userData: '#cloud-config\n' }, token);
    expect(instance).toEqual({ vendorId: '42', state: 'building', address: null, zone: 'east', fault: null });
    const [session, template, name, hold, extra, persistent] = last('one.template.instantiate');
    expect([session, template, hold, persistent]).toEqual(['ann:hunter:2', '7', false, false]);
    expect(name).toMatch(new RegExp(`^web-1-[0-9a-f]{6}-${token}$`));
    expect(String(extra).split('\n')).toEqual([
      'DISK=[IMAGE_ID="2"]',
      'CONTEXT=[NETWORK="YES",SSH_PUBLIC_KEY="ssh-ed25519 AAAA ann",USERDATA="I2Nsb3VkLWNvbmZpZwo=",USERDATA_ENCODING="base64"]',
      String.raw`SCHED_REQUIREMENTS="(HYPERVISOR=\"kvm\") & (CLUSTER_ID = 100)"`,
      `AGENCY_PLACEMENT="${token}"`,
      'AGENCY_TAGS="agency.installation=here&team=a+%22b%22"',
    ]);
  });

  it('may be of any size, on a larger disk', async () => {
    await driver.create({ ...order, size: 'c4-m0.5-d50' }, token);
    const extra = String(last('one.template.instantiate')[4]);
    expect(extra).toContain('CPU="4"\nVCPU="4"\nMEMORY="512"\nDISK=[IMAGE_ID="2",SIZE="51200"]');
    await expect(driver.create({ ...order, size: 'huge' }, token)).rejects.toMatchObject({ reason: 'invalid-request' });
    await expect(driver.create({ ...order, image: '9' }, token)).rejects.toMatchObject({ reason: 'not-found' });
    await expect(driver.create({ ...order, zone: 'west' }, token)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('is asked for with the arguments of the release', async () => {
    answers['one.system.version'] = () => array('<boolean>1</boolean>', '<string>4.12.1</string>', '<i4>0</i4>');
    answers['one.vm.action'] = made(42);
    answers['one.vm.info'] = document(vm(3, 3, '<TEMPLATE><DISK><DISK_ID>1</DISK_ID></DISK></TEMPLATE>'));
    answers['one.vm.savedisk'] = made(9);
    await driver.create(order, token);
    expect(last('one.template.instantiate')).toHaveLength(5);
    await driver.delete('campus', '42');
    expect(last('one.vm.action')).toEqual(['ann:hunter:2', 'delete', '42']);
    await driver.operations!.save('campus', '42', { name: 'golden', token });
    expect(last('one.vm.savedisk').slice(1)).toEqual(['42', '1', `golden-${token}`, '', true, false]);
  });

  it.each([
    [0, 0, 'building'],
    [1, 0, 'building'],
    [3, 1, 'building'],
    [3, 3, 'active'],
    [3, 17, 'building'],
    [3, 16, 'error'],
    [3, 36, 'error'],
    [4, 0, 'suspended'],
    [5, 0, 'suspended'],
    [6, 0, 'gone'],
    [7, 0, 'error'],
    [8, 0, 'inactive'],
    [9, 0, 'inactive'],
    [11, 0, 'error'],
    [97, 97, 'building'],
  ])('in STATE %i and LCM_STATE %i is %s to others', async (state, lcm, expected) => {
    answers['one.vm.info'] = document(vm(state, lcm));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ state: expected });
  });

  it('has the address of the account’s network, the zone of its last host, and the words of what went wrong', async () => {
    const nics =
      '<TEMPLATE><NIC><NETWORK>a</NETWORK><IP>10.0.0.1</IP></NIC><NIC><NETWORK>b</NETWORK><IP>192.0.2.1</IP></NIC></TEMPLATE>';
    const history = '<HISTORY_RECORDS><HISTORY><CID>7</CID></HISTORY><HISTORY><CID>100</CID></HISTORY></HISTORY_RECORDS>';
    answers['one.vm.info'] = document(vm(3, 3, nics + history));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ address: '10.0.0.1', zone: 'east' });
    driver.close();
    driver = connect({ network: 'b' });
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ address: '192.0.2.1' });
    const told = (name: string, message: string) => `<USER_TEMPLATE><${name}><![CDATA[${message}]]></${name}></USER_TEMPLATE>`;
    answers['one.vm.info'] = document(vm(3, 36, told('ERROR', 'Error copying image')));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({
      fault: { reason: 'boot-failed', message: 'Error copying image' },
    });
    answers['one.vm.info'] = document(vm(1, 0, told('SCHED_MESSAGE', 'No host with enough capacity to deploy the VM')));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ state: 'error', fault: { reason: 'no-capacity' } });
    answers['one.vm.info'] = document(vm(1, 0, told('SCHED_MESSAGE', 'Waiting for its turn')));
    await expect(driver.get('campus', '42')).resolves.toMatchObject({ state: 'building', fault: null });
  });

  it('is found and listed by its name', async () => {
    await driver.create(order, token);
    const name = String(last('one.template.instantiate')[2]);
    answers['one.vmpool.info'] = document(
      `<VM_POOL><VM><ID>41</ID><NAME>somebody's</NAME><STATE>3</STATE><LCM_STATE>3</LCM_STATE></VM><VM><ID>42</ID><NAME>${name}</NAME><STATE>3</STATE><LCM_STATE>3</LCM_STATE></VM></VM_POOL>`,
    );
    await expect(driver.find('campus', token)).resolves.toMatchObject({ vendorId: '42' });
    await expect(driver.list('campus', 'here')).resolves.toMatchObject([{ vendorId: '42', placement: token }]);
    await expect(driver.list('campus', 'elsewhere')).resolves.toEqual([]);
    expect(last('one.vmpool.info').slice(1)).toEqual(['-3', '-1', '-1', '-1']);
    answers['one.vmpool.info'] = document('<VM_POOL></VM_POOL>');
    await expect(driver.find('campus', token)).resolves.toBeUndefined();
  });

  it('that is done cannot be deleted again, one that is busy can later', async () => {
    answers['one.vm.action'] = refused(0x0800, '[one.vm.action] wrong state');
    answers['one.vm.info'] = document(vm(6, 0));
    await expect(driver.delete('campus', '42')).rejects.toMatchObject({ reason: 'not-found' });
    answers['one.vm.info'] = document(vm(3, 2));
    await expect(driver.delete('campus', '42')).rejects.toMatchObject({ reason: 'conflict' });
  });
});

describe('a failure', () => {
  const failing = async (answer: Answer) => {
    answers['one.template.instantiate'] = answer;
    return await driver.create(order, token).catch((error: unknown) => error);
  };

  it.each([
    [0x0100, "User couldn't be authenticated, aborting.", 'bad-credentials'],
    [0x0200, 'Not authorized to perform USE TEMPLATE [7].', 'forbidden'],
    [0x0200, 'limit of 1 reached for VMS quota in VM.', 'quota'],
    [0x0400, 'Error getting virtual machine template [7].', 'not-found'],
    [0x0800, 'Wrong state', 'conflict'],
    [0x1000, 'Wrong parameter', 'invalid-request'],
    [0x2000, 'Internal', 'unknown'],
    [0x4000, 'Not enough space in datastore', 'no-capacity'],
    [0x8000, 'locked', 'conflict'],
    [1, 'of another day', 'unknown'],
  ])('of code %i (%s) is %s', async (code, message, reason) => {
    expect(await failing(refused(code, message))).toMatchObject({ reason, vendorCode: String(code), message });
  });

  it('may be a fault of XML-RPC, a status of HTTP, or no answer at all', async () => {
    const fault = (code: number) => (): Recorded =>
      response(
        `<fault><value><struct><member><name>faultCode</name><value><int>${code}</int></value></member><member><name>faultString</name><value>no such method</value></member></struct></value></fault>`,
      );
    expect(await failing(fault(-506))).toMatchObject({ reason: 'invalid-request', message: 'no such method' });
    expect(await failing(fault(-500))).toMatchObject({ reason: 'unavailable' });
    expect(await failing(() => ({ status: 503, body: 'full' }))).toMatchObject({ reason: 'unavailable', outcomeUnknown: true });
    expect(await failing(() => ({ body: '<html></html>' }))).toMatchObject({ reason: 'unknown', vendorCode: 'malformed' });
    expect(await failing(() => array('<string>yes</string>'))).toMatchObject({ vendorCode: 'malformed' });
    answers['one.vm.info'] = document('<HOST/>');
    await expect(driver.get('campus', '42')).rejects.toMatchObject({ vendorCode: 'malformed' });
    const failure = await failing(refused(0x0100, 'no'));
    expect(failure instanceof Error && failure.message).toBe('no');
  });
});

describe('what is told of an account and its machines', () => {
  it('is what quotas leave; -1 is the default, -2 is none', async () => {
    const user = (quota: string, defaults = '') =>
      document(
        `<USER><ID>5</ID><VM_QUOTA>${quota}</VM_QUOTA><DEFAULT_USER_QUOTAS><VM_QUOTA>${defaults}</VM_QUOTA></DEFAULT_USER_QUOTAS></USER>`,
      );
    answers['one.user.info'] = user(
      '<VM><VMS>-1</VMS><VMS_USED>3</VMS_USED><CPU>-2</CPU><CPU_USED>3</CPU_USED><MEMORY>4096</MEMORY><MEMORY_USED>5120</MEMORY_USED></VM>',
      '<VM><VMS>10</VMS><CPU>1</CPU></VM>',
    );
    await expect(driver.quotas('campus')).resolves.toEqual([
      { of: 'machines', left: 7 },
      { of: 'memory', left: 0 },
    ]);
    answers['one.user.info'] = user('');
    await expect(driver.quotas('campus')).resolves.toEqual([]);
  });

  it('is measured in samples, as each release writes them', async () => {
    answers['one.vm.info'] = document(vm(3, 3, '<TEMPLATE><VCPU>2</VCPU></TEMPLATE>'));
    const values = '<CPU>50.0</CPU><MEMORY>1048576</MEMORY><NETRX>7</NETRX>';
    answers['one.vm.monitoring'] = document(
      `<MONITORING_DATA><MONITORING><TIMESTAMP>200</TIMESTAMP>${values}</MONITORING><MONITORING><TIMESTAMP>100</TIMESTAMP></MONITORING></MONITORING_DATA>`,
    );
    const readings = [
      { metric: 'cpu', at: 200_000, value: 0.25 },
      { metric: 'memory', at: 200_000, value: 1 },
      { metric: 'network-in', at: 200_000, value: 7, total: true },
    ];
    await expect(driver.metrics!.read('campus', '42', 0)).resolves.toEqual(readings);
    answers['one.vm.monitoring'] = document(
      `<MONITORING_DATA><VM><LAST_POLL>200</LAST_POLL><MONITORING>${values}</MONITORING></VM></MONITORING_DATA>`,
    );
    await expect(driver.metrics!.read('campus', '42', 0)).resolves.toEqual(readings);
    answers['one.vm.monitoring'] = document(
      '<MONITORING_DATA><VM><LAST_POLL>200</LAST_POLL><NET_RX>7</NET_RX></VM></MONITORING_DATA>',
    );
    await expect(driver.metrics!.read('campus', '42', 0)).resolves.toEqual(readings.slice(2));
    await expect(driver.metrics!.read('campus', '42', 200_001)).resolves.toEqual([]);
    answers['one.vm.info'] = refused(0x0400, 'Error getting virtual machine [42].');
    await expect(driver.metrics!.read('campus', '42', 0)).resolves.toBeUndefined();
  });
});

describe('a volume', () => {
  const image = (state: number, vms = '') =>
    document(`<IMAGE><ID>3</ID><NAME>data</NAME><STATE>${state}</STATE><VMS>${vms}</VMS></IMAGE>`);
  const disk = (more = ''): string =>
    vm(3, 3, `<TEMPLATE><DISK><DISK_ID>2</DISK_ID><IMAGE_ID>3</IMAGE_ID><TARGET>vdb</TARGET>${more}</DISK></TEMPLATE>`);

  it('is a datablock in the image datastore with the most room', async () => {
    answers['one.datastorepool.info'] = document(
      '<DATASTORE_POOL><DATASTORE><ID>0</ID><TYPE>1</TYPE><FREE_MB>900000</FREE_MB></DATASTORE><DATASTORE><ID>1</ID><TYPE>0</TYPE><FREE_MB>5000</FREE_MB></DATASTORE><DATASTORE><ID>2</ID><TYPE>0</TYPE><FREE_MB>20480</FREE_MB></DATASTORE></DATASTORE_POOL>',
    );
    answers['one.image.allocate'] = made(3);
    const wish = { name: 'data', region: 'campus', zone: 'east', size: 20, tags: {} };
    await expect(driver.volumes!.create(wish, token)).resolves.toMatchObject({ vendorId: '3', state: 'building' });
    const [, template, datastore] = last('one.image.allocate');
    expect(datastore).toBe('2');
    expect(template).toMatch(new RegExp(`^NAME="data-[0-9a-f]{6}-${token}"\nTYPE="DATABLOCK"\nPERSISTENT="YES"`));
    await expect(driver.volumes!.create({ ...wish, size: 21 }, token)).rejects.toMatchObject({ reason: 'no-capacity' });
  });

  it('is attached once its machine shows it without ATTACH', async () => {
    answers['one.image.info'] = image(8, '<ID>42</ID>');
    answers['one.vm.info'] = document(disk('<ATTACH>YES</ATTACH>'));
    await expect(driver.volumes!.get('campus', '3')).resolves.toMatchObject({ state: 'building', machine: '42' });
    answers['one.vm.info'] = document(disk());
    await expect(driver.volumes!.get('campus', '3')).resolves.toMatchObject({ state: 'attached', device: '/dev/vdb' });
    await driver.volumes!.attach('campus', '3', '42', undefined);
    expect(calls['one.vm.attach']).toBeUndefined();
    await expect(driver.volumes!.attach('campus', '3', '43', undefined)).rejects.toMatchObject({ reason: 'conflict' });
    await expect(driver.volumes!.delete('campus', '3')).rejects.toMatchObject({ reason: 'conflict' });
    answers['one.image.info'] = image(4);
    await expect(driver.volumes!.get('campus', '3')).resolves.toMatchObject({ state: 'building' });
    answers['one.image.info'] = image(5);
    await expect(driver.volumes!.get('campus', '3')).resolves.toMatchObject({ state: 'error' });
  });

  it('that is gone is gone', async () => {
    answers['one.image.info'] = refused(0x0400, 'Error getting image [3].');
    await expect(driver.volumes!.get('campus', '3')).resolves.toBeUndefined();
    await driver.volumes!.delete('campus', '3');
    await expect(driver.volumes!.attach('campus', '3', '42', undefined)).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('a network', () => {
  it('has one range, whose first address is left to a gateway', async () => {
    answers['one.vnpool.info'] = document('<VNET_POOL/>');
    answers['one.vn.allocate'] = made(11);
    const wish = { name: 'inner', region: 'campus', range: '10.20.0.0/16', tags: {} };
    await expect(driver.networks!.ensure(wish, token)).resolves.toEqual({ vendorId: '11' });
    const [, template, cluster] = last('one.vn.allocate');
    expect(cluster).toBe('-1');
    expect(String(template).split('\n').slice(1)).toEqual([
      'AR=[TYPE="IP4",IP="10.20.0.2",SIZE="65533"]',
      'NETWORK_ADDRESS="10.20.0.0"',
      'NETWORK_MASK="255.255.0.0"',
      'AGENCY_TAGS=""',
      'VN_MAD="bridge"',
    ]);
    driver.close();
    driver = connect({
      credentials: { username: 'ann', password: 'hunter:2', network_attributes: 'VN_MAD="vxlan" PHYDEV="eth0"' },
    });
    await driver.networks!.ensure(wish, token);
    expect(String(last('one.vn.allocate')[1])).toContain('\nVN_MAD="vxlan" PHYDEV="eth0"');
  });

  it('stays as long as machines have addresses of it', async () => {
    answers['one.vn.info'] = document(
      '<VNET><ID>11</ID><AR_POOL><AR><LEASES><LEASE><IP>10.20.0.2</IP><VM>42</VM></LEASE></LEASES></AR></AR_POOL></VNET>',
    );
    await expect(driver.networks!.delete('campus', '11')).rejects.toMatchObject({ reason: 'conflict' });
    answers['one.vn.info'] = document('<VNET><ID>11</ID><AR_POOL/></VNET>');
    answers['one.vn.delete'] = made(11);
    await driver.networks!.delete('campus', '11');
    expect(last('one.vn.delete').slice(1)).toEqual(['11']);
  });
});
