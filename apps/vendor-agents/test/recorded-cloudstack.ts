import type { VendorDriver } from '../src/vendor/port.js';
import { vendor as cloudstack } from '../src/vendors/cloudstack/index.js';
import { type Recorded, RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';

export type Asked = Readonly<Record<string, string>>;

const document = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(body),
});

export const zoneId = '1128bd56-b4d9-4ac6-a7b9-c715b187ce11';
export const machineId = 'a3f1c6b2-0a1d-4c57-9d2e-6e0f2a1b7c88';

/** A CloudStack that answers each command as a test says; listZones, createTags and jobs that are done are answered by itself. */
export class RecordedCloudStack {
  readonly answers: Record<string, (asked: Asked) => Recorded | object> = {
    listZones: () => ({ count: 1, zone: [{ id: zoneId, name: 'zurich', allocationstate: 'Enabled' }] }),
    createTags: () => ({ jobid: 'tags' }),
    deleteTags: () => ({ jobid: 'tags' }),
    queryAsyncJobResult: () => ({ jobstatus: 1, jobresult: { success: true } }),
  };
  readonly driver: VendorDriver;

  private constructor(
    private readonly cloud: RecordedCloud,
    account: object,
  ) {
    this.driver = cloudstack.connect(
      {
        vendor: 'cloudstack',
        name: 'campus',
        endpoint: `${cloud.url}/client/api`,
        regions: ['zurich'],
        credentials: { api_key: 'AK-1', secret_key: 'hunter2' },
        ...account,
      },
      { http: testHttp(), now: () => Date.UTC(2026, 0, 2) },
    );
  }

  static async open(account: object = {}): Promise<RecordedCloudStack> {
    const recorded: { cloud?: RecordedCloudStack } = {};
    const cloud = await RecordedCloud.open((seen) => recorded.cloud?.answer(seen) ?? { status: 500 });
    return (recorded.cloud = new RecordedCloudStack(cloud, account));
  }

  get seen(): readonly Seen[] {
    return this.cloud.seen;
  }

  /** The commands asked for, in their order, but those that every other begins or ends with. */
  get commands(): string[] {
    return this.cloud.seen
      .map((seen) => asked(seen).command ?? '')
      .filter((name) => name !== 'listZones' && name !== 'queryAsyncJobResult');
  }

  /** The parameters of the last call of a command. */
  sent(command: string): Asked {
    return (
      this.cloud.seen
        .map(asked)
        .filter((params) => params.command === command)
        .at(-1) ?? {}
    );
  }

  async close(): Promise<void> {
    this.driver.close();
    await this.cloud.close();
  }

  private answer(seen: Seen): Recorded {
    const params = asked(seen);
    const command = params.command ?? '';
    const answer = this.answers[command]?.(params) ?? refusal(432, `not recorded: ${command}`);
    return isRecorded(answer) ? answer : document({ [`${command.toLowerCase()}response`]: answer });
  }
}

const isRecorded = (answer: Recorded | object): answer is Recorded => 'status' in answer || 'body' in answer;

const asked = (seen: Seen): Asked =>
  Object.fromEntries(new URLSearchParams(seen.method === 'POST' ? seen.body : (seen.url.split('?')[1] ?? '')));

/** As CloudStack refuses: its code is the status too. */
export const refusal = (errorcode: number, errortext: string, root = 'errorresponse'): Recorded =>
  document({ [root]: { uuidList: [], errorcode, cserrorcode: 4350, errortext } }, errorcode);

/** A body with a success status. */
export const raw = (body: string): Recorded => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

export const machine = (more: object = {}): object => ({
  id: machineId,
  name: 'shop',
  state: 'Running',
  zonename: 'zurich',
  serviceofferingid: 'so-small',
  guestosid: 'os-1',
  nic: [
    { id: 'nic-2', networkid: 'net-2', ipaddress: '10.9.0.3', isdefault: false },
    { id: 'nic-1', networkid: 'net-1', ipaddress: '10.1.1.7', macaddress: '02:00:4c:5f:00:01', isdefault: true },
  ],
  tags: [],
  ...more,
});
export const machines = (...all: readonly object[]): object =>
  all.length === 0 ? {} : { count: all.length, virtualmachine: all };
