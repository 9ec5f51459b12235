import type { Clock, Ids, Log } from '@cloud-agency/runtime';
import { fileURLToPath } from 'node:url';
import { StandIns, type StandInsParts } from './agents/stand-ins.js';
import { openCatalogue } from './catalogue/catalogue.js';
import { AddressBlock } from './cloud/address-block.js';
import { Cloud } from './cloud/cloud.js';
import { Disk } from './cloud/disk.js';
import { Faults } from './cloud/faults.js';
import { Fleet } from './cloud/fleet.js';
import type { Instance } from './cloud/instance.js';
import { Interfaces } from './cloud/interfaces.js';
import { Networks } from './cloud/networks.js';
import { Numbers } from './cloud/numbers.js';
import { PublicAddresses } from './cloud/public-addresses.js';
import { RequestCounts } from './cloud/request-counts.js';
import { SavedImages } from './cloud/saved-images.js';
import { Sessions } from './cloud/sessions.js';
import { Volumes } from './cloud/volumes.js';
import { faceNamed } from './faces/registry.js';

export interface TestbedOptions {
  /** Where its clouds live. */
  readonly directory: string;
  /** Names of the clouds to have; all but the laboratories when empty. */
  readonly clouds: readonly string[];
  /** How often its accounts ask to be measured, e.g. `5 s`; absent: as often as others. */
  readonly metricsEvery?: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** The simulated clouds, and what they share: what they keep, the faults, the counts of requests. */
export interface Testbed {
  readonly clouds: ReadonlyMap<string, Cloud>;
  readonly fleet: Fleet;
  readonly addresses: AddressBlock;
  readonly volumes: Volumes;
  readonly networks: Networks;
  readonly interfaces: Interfaces;
  readonly savedImages: SavedImages;
  readonly publicAddresses: PublicAddresses;
  readonly disk: Disk;
  readonly faults: Faults;
  readonly requests: RequestCounts;
  readonly sessions: Sessions;
  readonly numbers: Numbers;
  readonly metricsEvery: string | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  close(): Promise<void>;
}

const shippedData = fileURLToPath(new URL('../../../data/', import.meta.url));

/**
 * Opens the clouds of a data directory: the instances of the last time run on at their addresses.
 * @throws AgencyError invalid-setting, data-directory-damaged, testbed-addresses.
 */
export async function openTestbed({
  directory,
  clouds: wanted,
  metricsEvery,
  clock,
  ids,
  log,
  random,
}: TestbedOptions): Promise<Testbed> {
  const descriptions = openCatalogue(shippedData, wanted);
  const disk = Disk.open(directory);
  const addresses = await AddressBlock.reserve(disk.recall('network'), random);
  disk.remember('network', addresses.network);
  const faults = new Faults(ids, random);
  const kept = { disk, clock, log, faults };
  const volumes = new Volumes(kept);
  const interfaces = new Interfaces(kept);
  const networks = new Networks({ ...kept, interfaces });
  const savedImages = new SavedImages(kept);
  const publicAddresses = new PublicAddresses({ ...kept, addresses });
  const isDark = (instance: Instance): boolean => faults.isDown(instance);
  const ended = (instance: Instance): void => {
    volumes.release(instance);
    interfaces.release(instance);
    publicAddresses.release(instance);
  };
  const sized: StandInsParts['sized'] = (id) => {
    const instance = fleet.get(id);
    const size = instance && clouds.get(instance.cloud)?.size(instance.region, instance.size);
    return instance && size && { instance, size };
  };
  const publicAddress: StandInsParts['publicAddress'] = (instance) => publicAddresses.of(instance)[0]?.address;
  const agents = new StandIns({ disk, clock, log, sized, publicAddress });
  const fleet = await Fleet.open({ disk, addresses, clock, log, isDark, ended, agents });
  const clouds: ReadonlyMap<string, Cloud> = new Map(
    descriptions.map((description) => {
      const { vendor, face } = description.profile;
      return [vendor, new Cloud(description, { fleet, disk, faults, clock, failedBoot: faceNamed(face).failedBoot })];
    }),
  );
  const close = async (): Promise<void> => {
    fleet.close();
    for (const shelves of [volumes, networks, interfaces, savedImages, publicAddresses]) shelves.close();
    await addresses.close();
    disk.close();
  };
  return {
    clouds,
    fleet,
    addresses,
    volumes,
    networks,
    interfaces,
    savedImages,
    publicAddresses,
    disk,
    faults,
    requests: new RequestCounts(),
    sessions: new Sessions(clock, ids),
    numbers: new Numbers(disk),
    metricsEvery,
    clock,
    ids,
    close,
  };
}
