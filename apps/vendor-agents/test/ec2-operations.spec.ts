import type { MachineOperations, VendorDriver } from '../src/vendor/port.js';
import { actions, byAction, connected, error, response, sent } from './recorded-ec2.js';
import { partsOf, type Recorded, RecordedCloud } from './recorded-cloud.js';

let cloud: RecordedCloud;
let driver: VendorDriver;
let operations: MachineOperations;
let answers: Record<string, (asked: URLSearchParams) => Recorded>;

beforeEach(async () => {
  answers = {};
  cloud = await RecordedCloud.open((seen) => byAction(answers)(seen));
  driver = connected(cloud);
  ({ operations } = partsOf(driver));
});
afterEach(async () => {
  driver.close();
  await cloud.close();
});

const region = 'eu-west-1';
const done = (action: string) => () => response(action, '<return>true</return>');

describe('an action', () => {
  it.each([
    ['start', false, 'StartInstances', undefined],
    ['stop', false, 'StopInstances', undefined],
    ['stop', true, 'StopInstances', 'true'],
    ['restart', false, 'RebootInstances', undefined],
    ['restart', true, 'RebootInstances', undefined],
  ] as const)('%s (forced: %s) is %s', async (action, forced, name, force) => {
    answers[name] = () => response(name, '<instancesSet/>');
    await operations.act(region, 'i-1', action, forced);
    expect(sent(cloud, name)['InstanceId.1']).toBe('i-1');
    expect(sent(cloud, name).Force).toBe(force);
  });

  it.each(['suspend', 'resume'] as const)('%s is refused without asking the cloud', async (action) => {
    await expect(operations.act(region, 'i-1', action, false)).rejects.toMatchObject({
      reason: 'invalid-request',
      message: 'this cloud cannot suspend',
    });
    expect(cloud.seen).toEqual([]);
  });

  it.each([
    ['IncorrectInstanceState', 'conflict'],
    ['InvalidInstanceID.NotFound', 'not-found'],
    ['UnsupportedOperation', 'invalid-request'],
    ['OperationNotPermitted', 'forbidden'],
    ['InsufficientInstanceCapacity', 'no-capacity'],
  ])('refused with %s is %s', async (code, reason) => {
    answers.StartInstances = () => error(code, 400);
    await expect(operations.act(region, 'i-1', 'start', false)).rejects.toMatchObject({ reason, vendorCode: code });
  });

  it('that may have been taken is not repeated when it is a reboot', async () => {
    answers.RebootInstances = () => error('InternalError', 500);
    await expect(operations.act(region, 'i-1', 'restart', false)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(cloud.seen).toHaveLength(1);
  });
});

describe('a resize', () => {
  let machine: { state: string; type: string; tags: Set<string> };

  beforeEach(() => {
    machine = { state: 'running', type: 't3.small', tags: new Set() };
    answers = {
      DescribeInstances: () => {
        const tags = [...machine.tags].map((key) => `<item><key>${key}</key><value>x</value></item>`);
        return response(
          'DescribeInstances',
          `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceType>${machine.type}</instanceType>` +
            `<instanceState><code>0</code><name>${machine.state}</name></instanceState><tagSet>${tags.join('')}</tagSet></item></instancesSet></item></reservationSet>`,
        );
      },
      StopInstances: () => moved('StopInstances', 'stopping'),
      StartInstances: () => moved('StartInstances', 'pending'),
      ModifyInstanceAttribute: (asked) => {
        machine.type = asked.get('InstanceType.Value') ?? '';
        return done('ModifyInstanceAttribute')();
      },
      CreateTags: (asked) => {
        machine.tags.add(asked.get('Tag.1.Key') ?? '');
        return done('CreateTags')();
      },
      DeleteTags: (asked) => {
        machine.tags.delete(asked.get('Tag.1.Key') ?? '');
        return done('DeleteTags')();
      },
    };
  });
  const moved = (action: string, state: string): Recorded => {
    machine.state = state;
    return response(action, '<instancesSet/>');
  };
  const step = (size = 't3.large'): Promise<boolean> => operations.resize(region, 'i-1', size);

  it('stops a running machine, changes it, and starts it again: one step a call', async () => {
    await expect(step()).resolves.toBe(false);
    expect(machine.state).toBe('stopping');
    await expect(step()).resolves.toBe(false);
    machine.state = 'stopped';
    await expect(step()).resolves.toBe(false);
    expect(machine).toMatchObject({ state: 'pending', type: 't3.large' });
    await expect(step()).resolves.toBe(false);
    machine.state = 'running';
    await expect(step()).resolves.toBe(true);
    expect(machine.tags.size).toBe(0);
    expect(actions(cloud).filter((action) => action !== 'DescribeInstances')).toEqual([
      'CreateTags',
      'StopInstances',
      'ModifyInstanceAttribute',
      'StartInstances',
      'DeleteTags',
    ]);
  });

  it('leaves a stopped machine stopped', async () => {
    machine.state = 'stopped';
    await expect(step()).resolves.toBe(true);
    expect(machine).toMatchObject({ state: 'stopped', type: 't3.large' });
    await expect(step()).resolves.toBe(true);
    expect(actions(cloud)).not.toContain('StartInstances');
  });

  it('goes on where a crash left it', async () => {
    machine = { state: 'stopped', type: 't3.large', tags: new Set(['agency.resizing']) };
    await expect(step()).resolves.toBe(false);
    expect(machine.state).toBe('pending');
  });

  it('that finds no room tells so, and going back starts the machine', async () => {
    machine = { state: 'stopped', type: 't3.small', tags: new Set(['agency.resizing']) };
    answers.StartInstances = () => error('InsufficientInstanceCapacity', 500);
    await expect(step()).rejects.toMatchObject({ reason: 'no-capacity' });
    answers.StartInstances = () => moved('StartInstances', 'pending');
    await expect(step('t3.small')).resolves.toBe(false);
    expect(machine).toMatchObject({ state: 'pending', type: 't3.small' });
  });

  it('waits in a state that it does not know', async () => {
    machine.state = 'hibernating';
    await expect(step()).resolves.toBe(false);
    expect(actions(cloud)).toEqual(['DescribeInstances']);
  });

  it.each(['terminated', 'shutting-down'])('of a machine that is %s is refused', async (state) => {
    machine.state = state;
    await expect(step()).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('of a machine that nobody knows is refused, whichever way the cloud says so', async () => {
    answers.DescribeInstances = () => response('DescribeInstances', '<reservationSet/>');
    await expect(step()).rejects.toMatchObject({ reason: 'not-found' });
    answers.DescribeInstances = () => error('InvalidInstanceID.NotFound', 400);
    await expect(step()).rejects.toMatchObject({ reason: 'not-found' });
  });
});

describe('an image of a machine', () => {
  const image = { name: 'shop, monday', token: 't-1' };
  const images = (...found: string[]): Recorded => response('DescribeImages', `<imagesSet>${found.join('')}</imagesSet>`);
  const item = (state: string): string => `<item><imageId>ami-9</imageId>${state && `<imageState>${state}</imageState>`}</item>`;

  it('is begun once, without a reboot, under a name that the cloud takes', async () => {
    answers.DescribeImages = () => images();
    answers.CreateImage = () => response('CreateImage', '<imageId>ami-9</imageId>');
    await expect(operations.save(region, 'i-1', image)).resolves.toEqual({ vendorId: 'ami-9', state: 'building' });
    expect(sent(cloud, 'DescribeImages')).toMatchObject({
      'Owner.1': 'self',
      'Filter.1.Name': 'tag:agency.image',
      'Filter.1.Value.1': 't-1',
    });
    expect(sent(cloud, 'CreateImage')).toMatchObject({
      InstanceId: 'i-1',
      Name: 'shop- monday-t-1',
      NoReboot: 'true',
      'TagSpecification.1.ResourceType': 'image',
      'TagSpecification.1.Tag.1.Value': 'shop, monday',
      'TagSpecification.1.Tag.2.Key': 'agency.image',
      'TagSpecification.1.Tag.2.Value': 't-1',
    });
  });

  it.each([
    ['pending', 'building'],
    ['available', 'active'],
    ['failed', 'error'],
    ['invalid', 'error'],
    ['enchanted', 'building'],
    ['', 'building'],
  ])('that was begun and is %s reads %s', async (state, wanted) => {
    answers.DescribeImages = () => images(item(state));
    await expect(operations.save(region, 'i-1', image)).resolves.toEqual({ vendorId: 'ami-9', state: wanted });
    expect(actions(cloud)).toEqual(['DescribeImages']);
  });

  it('is found on a later page', async () => {
    answers.DescribeImages = (asked) =>
      asked.has('NextToken')
        ? images(item('available'))
        : response('DescribeImages', '<imagesSet/><nextToken>page 2</nextToken>');
    await expect(operations.save(region, 'i-1', image)).resolves.toMatchObject({ vendorId: 'ami-9' });
  });

  it('whose tag does not show yet is found by its name', async () => {
    answers.CreateImage = () => error('InvalidAMIName.Duplicate', 400);
    answers.DescribeImages = (asked) => (asked.get('Filter.1.Name') === 'name' ? images(item('pending')) : images());
    await expect(operations.save(region, 'i-1', image)).resolves.toEqual({ vendorId: 'ami-9', state: 'building' });
    answers.DescribeImages = () => images();
    await expect(operations.save(region, 'i-1', image)).rejects.toMatchObject({ reason: 'conflict' });
  });

  it('that is not told is a failure', async () => {
    answers.DescribeImages = () => images();
    answers.CreateImage = () => response('CreateImage', '');
    await expect(operations.save(region, 'i-1', image)).rejects.toMatchObject({ reason: 'unknown' });
    answers.CreateImage = () => error('ConcurrentCreateImageNoRebootLimitExceeded', 400);
    await expect(operations.save(region, 'i-1', image)).rejects.toMatchObject({ reason: 'rate-limited' });
  });
});
