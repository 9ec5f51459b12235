import { noSuchMethod, type RpcScalar, typeFault } from './rpc.js';

/** A release of OpenNebula, which says what methods there are and what they take. */
export class Release {
  private readonly numbers: readonly number[];

  /** @param version e.g. `5.12.0`. */
  constructor(readonly version: string) {
    this.numbers = version.split('.').map(Number);
  }

  isFrom(major: number, minor: number): boolean {
    const [ownMajor = 0, ownMinor = 0] = this.numbers;
    return ownMajor > major || (ownMajor === major && ownMinor >= minor);
  }

  /**
   * @param args what follows the session.
   * @throws RpcFault for a method that the release does not have, and for arguments that it does not take.
   */
  check(method: string, args: readonly RpcScalar[]): void {
    const editions = Object.hasOwn(methods, method) ? methods[method] : undefined;
    const signatures = editions?.find(({ since: [major, minor] }) => this.isFrom(major, minor))?.takes;
    if (!signatures) throw noSuchMethod(method);
    const given = args.map((arg) => letters[typeof arg as keyof typeof letters]).join('');
    if (signatures.includes(given)) return;
    const long = signatures.filter(({ length }) => length === given.length);
    if (long.length > 0) throw typeFault(`Value of wrong type supplied: ${method} takes ${long.join(' or ')}, not ${given}`);
    throw typeFault(signatures.every(({ length }) => length > given.length) ? 'Not enough parameters' : 'Too many parameters');
  }

  /** What messages begin with: the name of the method, or before 5.4 that of the class behind it. */
  label(method: string): string {
    return this.isFrom(5, 4) ? method : (classes[method] ?? method);
  }
}

const letters = { string: 's', number: 'i', boolean: 'b' } as const;

/** What a method takes from a release on; one letter for each argument after the session: string, int, boolean. */
interface Edition {
  readonly since: readonly [number, number];
  readonly takes: readonly string[];
}

const always = (...takes: readonly string[]): readonly Edition[] => [{ since: [4, 4], takes }];
/** Release 5.8 has a flag to decrypt secrets. */
const info: readonly Edition[] = [
  { since: [5, 8], takes: ['i', 'ib'] },
  { since: [4, 4], takes: ['i'] },
];

/** OpenNebula documentation, "XML-RPC API", of 4.14 and 5.12. The newest edition first. */
const methods: Readonly<Record<string, readonly Edition[]>> = {
  'one.vm.allocate': always('s', 'sb'),
  'one.template.instantiate': [
    { since: [5, 0], takes: ['is', 'isbs', 'isbsb'] },
    { since: [4, 4], takes: ['is', 'isbs'] },
  ],
  'one.vm.action': always('si'),
  'one.vm.info': info,
  'one.vmpool.info': [
    { since: [5, 8], takes: ['iiii', 'iiiis'] },
    { since: [4, 4], takes: ['iiii'] },
  ],
  'one.vmpool.infoextended': [{ since: [5, 8], takes: ['iiii', 'iiiis'] }],
  'one.vm.monitoring': always('i'),
  'one.vm.attach': always('is'),
  'one.vm.detach': always('ii'),
  'one.vm.attachnic': always('is'),
  'one.vm.detachnic': always('ii'),
  'one.vm.resize': always('isb'),
  'one.vm.update': always('isi'),
  'one.vm.disksaveas': [{ since: [4, 14], takes: ['iissi'] }],
  'one.imagepool.info': always('iii'),
  'one.image.info': info,
  'one.image.allocate': always('si'),
  'one.image.delete': always('i'),
  'one.templatepool.info': always('iii'),
  'one.template.info': [
    { since: [5, 8], takes: ['i', 'ib', 'ibb'] },
    { since: [4, 4], takes: ['i'] },
  ],
  'one.vnpool.info': always('iii'),
  'one.vn.info': info,
  'one.vn.allocate': always('si'),
  'one.vn.delete': always('i'),
  'one.hostpool.info': always(''),
  'one.clusterpool.info': always(''),
  'one.datastorepool.info': always(''),
  'one.zonepool.info': always(''),
  'one.user.info': info,
  'one.system.version': always(''),
};

/** The classes behind the methods (src/rm of the source), by which older releases call them. */
const classes: Readonly<Record<string, string>> = {
  'one.vm.allocate': 'VirtualMachineAllocate',
  'one.template.instantiate': 'VMTemplateInstantiate',
  'one.vm.action': 'VirtualMachineAction',
  'one.vm.info': 'VirtualMachineInfo',
  'one.vmpool.info': 'VirtualMachinePoolInfo',
  'one.vm.monitoring': 'VirtualMachineMonitoring',
  'one.vm.attach': 'VirtualMachineAttach',
  'one.vm.detach': 'VirtualMachineDetach',
  'one.vm.attachnic': 'VirtualMachineAttachNic',
  'one.vm.detachnic': 'VirtualMachineDetachNic',
  'one.vm.resize': 'VirtualMachineResize',
  'one.vm.disksaveas': 'VirtualMachineDiskSaveas',
  'one.image.allocate': 'ImageAllocate',
  'one.image.delete': 'ImageDelete',
  'one.image.info': 'ImageInfo',
  'one.vn.allocate': 'VirtualNetworkAllocate',
  'one.vn.delete': 'VirtualNetworkDelete',
  'one.vn.info': 'VirtualNetworkInfo',
  'one.user.info': 'UserInfo',
};
