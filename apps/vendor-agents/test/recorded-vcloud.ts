import type { VendorDriver } from '../src/vendor/port.js';
import type { VendorModule } from '../src/vendor/vendor-module.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

export const xml = (body: string, status = 200, headers: Record<string, string> = {}): Recorded => ({
  status,
  headers: { 'content-type': 'application/vnd.vmware.vcloud.any+xml;version=1.5', ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

/** An Error as vCloud Director writes it: everything in attributes. */
export const error = (status: number, minor: string, message = 'in words'): Recorded =>
  xml(
    `<Error xmlns="http://www.vmware.com/vcloud/v1.5" message="${message}" majorErrorCode="${status}" minorErrorCode="${minor}"/>`,
    status,
  );

const pathOf = (seen: Seen): string => seen.url.split('?')[0] ?? '';

/** A recorded cloud: answers by method and path, or by the whole address where there is one; what has none is not found. */
export class RecordedVcloud {
  readonly answers: Record<string, (seen: Seen) => Recorded> = {};
  readonly driver: VendorDriver;

  private constructor(
    private readonly cloud: RecordedCloud,
    module: VendorModule,
    account: { readonly credentials: Readonly<Record<string, string>>; readonly endpoint?: string },
  ) {
    const opened = { vendor: module.name, name: module.name, endpoint: cloud.url, regions: ['vdc one'], ...account };
    this.driver = module.connect(opened, { http: testHttp(), now: Date.now });
  }

  static async open(module: VendorModule, credentials: Readonly<Record<string, string>>, below = ''): Promise<RecordedVcloud> {
    const recorded: { cloud?: RecordedVcloud } = {};
    const cloud = await RecordedCloud.open((seen) => recorded.cloud?.answer(seen) ?? { status: 500 });
    return (recorded.cloud = new RecordedVcloud(cloud, module, { credentials, endpoint: cloud.url + below }));
  }

  get url(): string {
    return this.cloud.url;
  }

  /** `METHOD path` of every call but logins, in their order. */
  get calls(): string[] {
    return this.cloud.seen.map((seen) => `${seen.method} ${pathOf(seen)}`);
  }

  asked(method: string, path: string): Seen[] {
    return this.cloud.seen.filter((seen) => seen.method === method && pathOf(seen) === path);
  }

  async close(): Promise<void> {
    this.driver.close();
    await this.cloud.close();
  }

  private answer(seen: Seen): Recorded {
    const found = this.answers[`${seen.method} ${seen.url}`] ?? this.answers[`${seen.method} ${pathOf(seen)}`];
    return found ? found(seen) : error(404, 'RESOURCE_NOT_FOUND', `not recorded: ${seen.method} ${seen.url}`);
  }
}
