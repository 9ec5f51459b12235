/**
 * What every vendor module must do, tried on its cloud of the testbed over the vendor's own protocol.
 * CONTRACT_VENDORS=amazon,linode tries these; without it one is tried. `npm run test:vendors` tries all.
 */
import { vendorNamed } from '../src/vendors/registry.js';
import { failures } from './contract/failures.js';
import { lifeCycle } from './contract/life-cycle.js';
import { oddities } from './contract/oddities.js';
import { operations } from './contract/operations.js';
import { storageAndNetworks } from './contract/storage-and-networks.js';
import { Subject } from './contract/subject.js';
import { telling } from './contract/telling.js';
import { Testbed } from './testbed.js';

jest.setTimeout(30_000);

/** The testbed's cloud for a vendor, where it is not called like the vendor. */
const clouds: Readonly<Record<string, string>> = { amazon: 'aws', openstack: 'campus' };
const wanted = (process.env.CONTRACT_VENDORS ?? 'amazon').split(',');

let testbed: Testbed;
beforeAll(async () => {
  testbed = await Testbed.start(...wanted.map((name) => clouds[name] ?? name));
});
afterEach(async () => {
  await testbed.clearFaults();
});
afterAll(async () => {
  await testbed.stop();
});

describe.each(wanted.map(vendorNamed).map((module) => [module.name, module] as const))('%s', (_, module) => {
  let subject: Subject;
  const itself = (): Subject => subject;

  beforeAll(async () => {
    subject = await Subject.at(module, testbed);
  });
  afterAll(() => {
    subject.close();
  });

  describe('the life of a machine', () => {
    lifeCycle(module, itself);
  });
  describe('failures', () => {
    failures(module, itself);
  });
  describe('oddities', () => {
    oddities(module, itself);
  });
  describe('operations', () => {
    operations(module, itself);
  });
  describe('volumes and networks', () => {
    storageAndNetworks(module, itself);
  });
  describe('what it tells', () => {
    telling(module, itself);
  });
});
