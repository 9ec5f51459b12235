import { AgencyProcess } from '../harness/agency-process.js';
import { Client, type Entity, eventually } from '../harness/client.js';
import { TestbedControl } from '../harness/testbed.js';

const infrastructure = 'http://schemas.ogf.org/occi/infrastructure#';
const category = (term: string, scheme = infrastructure, type = 'kind'): string =>
  `Category: ${term}; scheme="${scheme}"; class="${type}"`;
const attribute = (name: string, value: string | number): string => `X-OCCI-Attribute: ${name}=${JSON.stringify(value)}`;
const text = { 'content-type': 'text/plain' };

/** What any OCCI client does, with the built Agency, its bus, its store and the simulated clouds behind it. */
describe('brokering by OCCI', () => {
  let agency: AgencyProcess;
  let client: Client;
  let testbed: TestbedControl;

  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds: ['aws', 'linode'] });
    client = new Client(agency.url);
    testbed = new TestbedControl(agency.testbedUrl);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  /** @returns the path of the new entity. */
  async function create(path: string, lines: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await client.request('POST', path, lines.join('\n'), { ...text, ...headers });
    if (answer.status !== 201) throw new Error(`POST ${path} answered ${String(answer.status)}: ${JSON.stringify(answer.data)}`);
    return new URL(String(answer.headers.location)).pathname;
  }
  const compute = (lines: readonly string[] = [], wait = 30): Promise<string> =>
    create('/compute/', [category('compute'), ...lines], { prefer: `wait=${String(wait)}` });
  const link = (target: string): string => {
    const to = target.split('/')[1] ?? '';
    const kind = to === 'storage' ? 'storagelink' : 'networkinterface';
    return `Link: <${target}>; rel="${infrastructure}${to}"; category="${infrastructure}${kind}"`;
  };
  const act = (path: string, term: string, lines: readonly string[] = []) => {
    const kind = path.split('/')[1] ?? '';
    const scheme = `http://schemas.ogf.org/occi/infrastructure/${kind}/action#`;
    return client.request('POST', `${path}?action=${term}`, [category(term, scheme, 'action'), ...lines].join('\n'), text);
  };
  const becomes = (path: string, expected: Readonly<Record<string, unknown>>): Promise<Entity> =>
    eventually(async () => {
      const entity = await client.get(path);
      expect(entity.attributes).toMatchObject(expected);
      return entity;
    });
  const machineOf = async ({ attributes }: Entity) =>
    (await testbed.machines()).find(({ address }) => address === attributes['agency.address']);

  it('places a compute that names nothing at all, and gives it back', async () => {
    const path = await compute();
    const placed = await client.get(path);
    expect(placed.attributes).toMatchObject({
      'occi.compute.state': 'active',
      'agency.currency': 'USD',
      'agency.price': expect.any(Number) as number,
      'agency.region': expect.any(String) as string,
    });
    expect(await machineOf(placed)).toMatchObject({ cloud: placed.attributes['agency.vendor'] });
    const agreement = await client.get(`/agreement/${String(placed.attributes['agency.agreement'])}`);
    expect(agreement.attributes['occi.agreement.state']).toBe('accepted');
    expect((await client.request('DELETE', path)).status).toBe(200);
    expect((await client.request('GET', path)).status).toBe(404);
    await eventually(async () => {
      expect(await machineOf(placed)).toBeUndefined();
    });
  });

  it('takes what a template says as the least that the machine must have', async () => {
    const path = await compute([category('medium', 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#', 'mixin')]);
    const { attributes } = await client.get(path);
    expect(attributes).toMatchObject({ 'occi.compute.cores': 2, 'occi.compute.memory': 2, 'occi.compute.state': 'active' });
  });

  it('says of a compute that nobody can provide what is missing', async () => {
    const path = await compute([attribute('occi.compute.cores', 4_000)]);
    const refused = await client.get(path);
    expect(refused.attributes['occi.compute.state']).toBe('error');
    expect(refused.attributes['occi.compute.state.message']).toMatch(/cores/);
    const cfp = await client.get(`/cfp/${String(refused.attributes['agency.cfp'])}`);
    expect(cfp.attributes['agency.cfp.explanation']).toBeDefined();
    expect((await client.request('DELETE', path)).status).toBe(200);
  });

  it('knows what can be done before it is placed: start is wanted already, stop is not possible, delete cancels', async () => {
    const path = await compute([], 0);
    const start = await act(path, 'start');
    const stop = await act(path, 'stop');
    expect(start.status).toBe(200);
    expect(stop.status).toBe(409);
    expect((await client.request('DELETE', path)).status).toBe(200);
    expect((await client.request('GET', path)).status).toBe(404);
  });

  it('stops, starts and restarts the machine at its vendor, and says what the vendor cannot', async () => {
    const path = await compute();
    const address = String((await client.get(path)).attributes['agency.address']);
    const machine = async () => (await testbed.machines()).find((one) => one.address === address)?.state;
    expect((await act(path, 'stop', [attribute('method', 'poweroff')])).status).toBe(200);
    await becomes(path, { 'occi.compute.state': 'inactive', 'occi.compute.state.message': 'stopped' });
    expect(await machine()).not.toBe('running');
    expect((await act(path, 'stop')).status).toBe(409);
    expect((await act(path, 'start')).status).toBe(200);
    await becomes(path, { 'occi.compute.state': 'active' });
    expect((await act(path, 'restart')).status).toBe(200);
    await becomes(path, { 'occi.compute.state': 'active', 'occi.compute.state.message': 'runs' });
    if ((await client.get(path)).attributes['agency.vendor'] === 'aws') {
      const suspend = await act(path, 'suspend');
      expect(suspend.status).toBe(409);
      expect(JSON.stringify(suspend.data)).toMatch(/cannot suspend/);
    }
  });

  it('resizes the machine when it is given another template', async () => {
    const path = await compute();
    const before = await client.get(path);
    const large = category('large', 'http://schemas.ogf.org/occi/infrastructure/compute/template/1.1#', 'mixin');
    expect((await client.request('POST', path, large, text)).status).toBe(200);
    const after = await becomes(path, { 'occi.compute.state.message': 'has the size it was given' });
    expect(after.attributes).toMatchObject({ 'occi.compute.cores': 4, 'occi.compute.memory': 4, 'occi.compute.state': 'active' });
    expect(after.attributes['agency.offer']).not.toBe(before.attributes['agency.offer']);
    expect(after.attributes['agency.placement']).toBe(before.attributes['agency.placement']);
  });

  it('saves a machine as a template, from which another one is made where it was saved', async () => {
    const path = await compute();
    const original = await client.get(path);
    const saved = await client.request(
      'POST',
      `${path}?action=save`,
      [
        category('save', 'http://schemas.ogf.org/occi/infrastructure/compute/action#', 'action'),
        attribute('name', 'golden'),
      ].join('\n'),
      { ...text, accept: 'text/plain' },
    );
    expect(saved.status).toBe(200);
    const [, term = '', scheme = ''] = /^Category: (golden\S*); scheme="([^"]+)"; class="mixin"/.exec(String(saved.data)) ?? [];
    const copy = await eventually(() => compute([category(term, scheme, 'mixin')]));
    await becomes(copy, {
      'occi.compute.state': 'active',
      'agency.account': original.attributes['agency.account'],
      'agency.region': original.attributes['agency.region'],
    });
  });

  it('makes storage and networks where the compute that links to them is placed, and gives them back', async () => {
    const storage = await create('/storage/', [category('storage'), attribute('occi.storage.size', 10)]);
    const network = await create('/network/', [category('network'), attribute('occi.network.label', 'inside')]);
    await becomes(storage, { 'occi.storage.state': 'offline', 'occi.storage.state.message': 'waiting for a compute' });
    const path = await compute([link(storage), link(network)]);
    const { attributes } = await client.get(path);
    const place = {
      'agency.account': attributes['agency.account'],
      'agency.region': attributes['agency.region'],
    };
    await becomes(storage, { 'occi.storage.state': 'online', 'agency.zone': attributes['agency.zone'], ...place });
    await becomes(network, { 'occi.network.state': 'active', ...place });
    expect(await testbed.namesOf('networks')).toContain('inside');
    const links = await eventually(async () => {
      const found = (await linksOf(path)).filter(({ target }) => [storage, network].includes(target.location));
      expect(found.map((one) => Object.entries(one.attributes).find(([name]) => name.endsWith('.state'))?.[1])).toEqual([
        'active',
        'active',
      ]);
      return [storage, network].map((asset) => found.find(({ target }) => target.location === asset));
    });
    expect(links[0]!.attributes['occi.storagelink.deviceid']).toMatch(/^\/dev\//);
    expect(links[1]!.attributes['occi.networkinterface.address']).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(links[1]!.attributes['occi.networkinterface.mac']).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);

    const other = await client.request('POST', '/compute/', [category('compute'), link(storage)].join('\n'), text);
    expect(other.status).toBe(409);
    expect(JSON.stringify(other.data)).toContain(path);

    expect((await client.request('DELETE', path)).status).toBe(200);
    await eventually(async () => {
      expect((await client.request('GET', `/storagelink/${links[0]!.id.split('/').at(-1) ?? ''}`)).status).toBe(404);
    });
    await becomes(network, { 'occi.network.state': 'inactive', 'occi.network.state.message': 'waiting for a compute' });
    // What it holds stays until its owner deletes it.
    await becomes(storage, { 'occi.storage.state': 'online', ...place });
    const volume = `storage-${storage.slice('/storage/'.length).slice(0, 8)}`;
    expect(await testbed.namesOf('volumes')).toContain(volume);
    await eventually(async () => {
      expect(await testbed.namesOf('networks')).not.toContain('inside');
    });
    for (const asset of [storage, network]) expect((await client.request('DELETE', asset)).status).toBe(200);
    for (const asset of [storage, network]) expect((await client.request('GET', asset)).status).toBe(404);
    await eventually(async () => {
      expect(await testbed.namesOf('volumes')).not.toContain(volume);
    });
  });

  it('links a compute that runs to storage that is there, and takes it off again', async () => {
    const storage = await create('/storage/', [category('storage'), attribute('occi.storage.size', 5)]);
    const path = await compute([link(storage)]);
    await becomes(storage, { 'occi.storage.state': 'online' });
    const first = (await linksOf(path)).find(({ target }) => target.location === storage);
    await becomes(`/storagelink/${first!.id.split('/').at(-1) ?? ''}`, { 'occi.storagelink.state': 'active' });
    expect((await act(storage, 'offline')).status).toBe(200);
    await becomes(`/storagelink/${first!.id.split('/').at(-1) ?? ''}`, { 'occi.storagelink.state': 'inactive' });
    expect((await act(storage, 'online')).status).toBe(200);
    await becomes(`/storagelink/${first!.id.split('/').at(-1) ?? ''}`, { 'occi.storagelink.state': 'active' });
    expect((await client.request('DELETE', `/storagelink/${first!.id.split('/').at(-1) ?? ''}`)).status).toBe(200);
    const again = await eventually(() =>
      create('/storagelink/', [
        category('storagelink'),
        attribute('occi.core.source', path),
        attribute('occi.core.target', storage),
        attribute('occi.storagelink.mountpoint', '/data'),
      ]),
    );
    await becomes(again, { 'occi.storagelink.state': 'active', 'occi.storagelink.mountpoint': '/data' });
  });

  it('says why storage cannot be had now, and attaches it as soon as it can', async () => {
    const path = await compute();
    const { attributes } = await client.get(path);
    const cloud = String(attributes['agency.vendor']);
    const storage = await create('/storage/', [category('storage'), attribute('occi.storage.size', 5)]);
    await testbed.fault({ cloud, fault: 'quota' });
    const held = await create('/storagelink/', [
      category('storagelink'),
      attribute('occi.core.source', path),
      attribute('occi.core.target', storage),
    ]);
    const troubled = await becomes(held, { 'occi.storagelink.state': 'error' });
    expect(troubled.attributes['occi.storagelink.state.message']).toMatch(/quota/);
    await testbed.clearFaults();
    await becomes(held, { 'occi.storagelink.state': 'active' });
    await becomes(storage, { 'occi.storage.state': 'online' });
  });

  it('refuses to link what stands apart, and names both places', async () => {
    const storage = await create('/storage/', [category('storage'), attribute('occi.storage.size', 5)]);
    const holder = await compute([link(storage)]);
    const place = await becomes(storage, { 'occi.storage.state': 'online' });
    expect((await client.request('DELETE', holder)).status).toBe(200);
    const elsewhere = String(place.attributes['agency.account']) === 'aws' ? 'linode' : 'aws';
    const cfp = await client.submit(`
apiVersion: cloud-agency/v1
kind: CallForProposals
name: elsewhere
resources:
  web: { kind: compute, require: { cores: ">= 1", region: { vendor: [${elsewhere}] } } }
negotiate: { accept: best }
`);
    await client.cfpReaches(cfp, 'fulfilled');
    const [far] = await client.computesOf(cfp);
    const answer = await eventually(async () => {
      const refused = await client.request(
        'POST',
        '/storagelink/',
        [
          category('storagelink'),
          attribute('occi.core.source', `/compute/${far!.id}`),
          attribute('occi.core.target', storage),
        ].join('\n'),
        text,
      );
      expect(JSON.stringify(refused.data)).not.toContain('linked to');
      return refused;
    });
    expect(answer.status).toBe(409);
    expect(JSON.stringify(answer.data)).toContain(String(place.attributes['agency.zone']));
    expect(JSON.stringify(answer.data)).toContain(String(far!.attributes['agency.zone']));
  });

  it('replaces a dead machine in the zone of its storage, which follows it', async () => {
    const cfp = await client.submit(`
apiVersion: cloud-agency/v1
kind: CallForProposals
name: stateful
resources:
  db: { kind: compute, require: { cores: ">= 2", region: { vendor: [aws] } } }
negotiate: { accept: best }
probes: [{ of: db, http: "http://{address}:8080/health", every: 500 ms, timeout: 400 ms, failures: 2 }]
reactions: [{ on: resource.down, do: replace, at_most: "3 per 1 h" }]
`);
    await client.cfpReaches(cfp, 'fulfilled');
    const [before] = await client.computesOf(cfp);
    const path = `/compute/${before!.id}`;
    const storage = await create('/storage/', [category('storage'), attribute('occi.storage.size', 5)]);
    const held = await create('/storagelink/', [
      category('storagelink'),
      attribute('occi.core.source', path),
      attribute('occi.core.target', storage),
    ]);
    await becomes(held, { 'occi.storagelink.state': 'active' });
    await testbed.die(String(before!.attributes['agency.address']));
    const moved = await eventually(async () => {
      const now = await client.get(path);
      expect(now.attributes['agency.placement']).not.toBe(before!.attributes['agency.placement']);
      return now;
    });
    expect(moved.attributes).toMatchObject({
      'agency.account': before!.attributes['agency.account'],
      'agency.zone': before!.attributes['agency.zone'],
      'occi.compute.state': 'active',
    });
    // It was attached before the new machine took over.
    expect((await client.get(held)).attributes['occi.storagelink.state']).toBe('active');
  });

  it('takes a call in an OCCI rendering, and chooses by a policy that came in one', async () => {
    const scheme = 'http://schemas.cloud-agency.dev/occi/agency#';
    const policy = { policy: 'lowest-cost' };
    await create('/policy/', [
      category('policy', scheme),
      attribute('agency.policy.name', 'cheap'),
      attribute('agency.policy.document', JSON.stringify(policy)),
    ]);
    const document = {
      apiVersion: 'cloud-agency/v1',
      kind: 'CallForProposals',
      name: 'by-occi',
      resources: { web: { kind: 'compute', require: { cores: '>= 1' } } },
      select: { policy: 'cheap' },
      negotiate: { reply_by: '3 s' },
      notify: [{ url: 'http://127.0.0.1:9/hook' }],
    };
    const inText = [category('cfp', scheme), attribute('agency.cfp.document', JSON.stringify(document))].join('\n');
    const inJson = JSON.stringify({ kind: `${scheme}cfp`, attributes: { 'agency.cfp.document': document } });
    for (const [type, body] of [
      ['text/plain', inText],
      ['application/occi+json', inJson],
    ] as const) {
      const answer = await client.request('POST', '/cfp/', body, { 'content-type': type });
      expect([answer.status, answer.data]).toEqual([201, answer.data]);
      const { attributes } = answer.data as Entity;
      expect(attributes['agency.cfp.webhook_secrets']).toEqual([expect.stringMatching(/^http:.* whsec_/)]);
      const path = new URL(String(answer.headers.location)).pathname;
      expect((await client.cfpReaches(path.split('/').at(-1) ?? '', 'proposed')).attributes['agency.cfp.document']).toEqual(
        document,
      );
      expect((await client.get(path)).attributes).not.toHaveProperty('agency.cfp.webhook_secrets');
    }
  });

  it('loses nothing that it acknowledged: killed right after the answer, it goes on and places the compute', async () => {
    const path = await compute([], 0);
    await agency.kill();
    agency = await AgencyProcess.start({
      directory: agency.directory,
      port: agency.port,
      clouds: ['aws', 'linode'],
    });
    testbed = new TestbedControl(agency.testbedUrl);
    await becomes(path, { 'occi.compute.state': 'active' });
  });

  interface ShownLink {
    readonly id: string;
    readonly target: { readonly location: string };
    readonly attributes: Readonly<Record<string, unknown>>;
  }
  async function linksOf(path: string): Promise<readonly ShownLink[]> {
    return (await client.get(path)).links as readonly ShownLink[];
  }
});
