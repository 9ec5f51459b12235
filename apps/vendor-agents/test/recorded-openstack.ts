import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { vendor as openstack } from '../src/vendors/openstack/index.js';

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Recorded => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
/** Nova, Glance and Cinder name the fault; Neutron says `NeutronError` and the type in it. */
export const fault = (name: string, status: number, message = 'in words'): Recorded =>
  json({ [name]: { code: status, message } }, status);
export const neutronError = (type: string, status: number, message = 'in words'): Recorded =>
  json({ NeutronError: { type, message, detail: '' } }, status);

export const notFound = (): Recorded => fault('itemNotFound', 404);

const pathOf = (seen: Seen): string => seen.url.split('?')[0] ?? '';

/** A recorded cloud behind a Keystone: answers by method and path; what has none is not found. */
export class RecordedOpenStack {
  readonly answers: Record<string, (seen: Seen) => Recorded> = {};
  /** Service types of the catalog, with the path of each endpoint. */
  catalog: Record<string, string> = {
    compute: '/compute/v2.1',
    image: '/image',
    network: '/network',
    volumev3: '/volume/v3/p-9',
  };
  project: string | undefined = 'p-9';
  readonly driver: VendorDriver;

  private constructor(private readonly cloud: RecordedCloud) {
    const account = {
      vendor: 'openstack',
      name: 'campus',
      endpoint: `${cloud.url}/identity/v3`,
      regions: ['RegionOne'],
      credentials: { username: 'demo', password: 'hunter2', project: 'shop' },
    };
    this.driver = openstack.connect(account, { http: testHttp(), now: () => Date.UTC(2026, 0, 1) });
  }

  static async open(): Promise<RecordedOpenStack> {
    const recorded: { cloud?: RecordedOpenStack } = {};
    const cloud = await RecordedCloud.open((seen) => recorded.cloud?.answer(seen) ?? { status: 500 });
    return (recorded.cloud = new RecordedOpenStack(cloud));
  }

  /** The calls of a method and path; `*` for any path. */
  asked(method: string, path: string): Seen[] {
    return this.cloud.seen.filter((seen) => seen.method === method && (path === '*' || pathOf(seen) === path));
  }

  /** The body of the last call of a method and path. */
  sent(method: string, path: string): unknown {
    return JSON.parse(this.asked(method, path).at(-1)?.body ?? 'null');
  }

  async close(): Promise<void> {
    this.driver.close();
    await this.cloud.close();
  }

  private answer(seen: Seen): Recorded {
    if (pathOf(seen) === '/identity/v3/auth/tokens') return this.login();
    const found = this.answers[`${seen.method} ${pathOf(seen)}`];
    return found ? found(seen) : fault('itemNotFound', 404, `not recorded: ${seen.method} ${pathOf(seen)}`);
  }

  private login(): Recorded {
    const catalog = Object.entries(this.catalog).map(([type, path]) => ({
      type,
      endpoints: [{ interface: 'public', region_id: 'RegionOne', region: 'RegionOne', url: `${this.cloud.url}${path}` }],
    }));
    const project = this.project === undefined ? {} : { project: { id: this.project, name: 'shop' } };
    return json({ token: { expires_at: '2026-01-01T01:00:00.000000Z', catalog, ...project } }, 201, {
      'x-subject-token': 'gAAAA',
    });
  }
}
