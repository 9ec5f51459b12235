/** Where an instance stays until somebody acts. */
export type RestingState = 'running' | 'stopped' | 'suspended' | 'error' | 'terminated';
/** On the way to a resting state. */
export type ChangingState = 'booting' | 'stopping' | 'starting' | 'rebooting' | 'suspending' | 'resuming' | 'deleting';

export type InstanceState = RestingState | ChangingState;

/** A simulated machine, whatever the face that made it. Times are milliseconds since 1970. */
export interface Instance {
  /** The vendor's own identifier: `i-` and 17 hexadecimal digits, or a UUID. */
  readonly id: string;
  readonly cloud: string;
  readonly region: string;
  readonly zone: string;
  readonly size: string;
  readonly image: string;
  readonly name: string;
  /** EC2 tags, or Nova metadata. */
  readonly labels: Readonly<Record<string, string>>;
  readonly keyName: string | null;
  readonly state: InstanceState;
  /** The change under way: what it ends in, and when. */
  readonly change: { readonly to: RestingState; readonly at: number } | null;
  /** Its process has died without the cloud noticing: the state stays `running`, nothing answers. */
  readonly dead: boolean;
  /** Its own address of 127.0.0.0/8; null once it has given it back, or never had one. */
  readonly address: string | null;
  readonly fault: { readonly code: number; readonly message: string; readonly at: number } | null;
  readonly createdAt: number;
  /** When it last began to run. */
  readonly launchedAt: number | null;
  readonly endedAt: number | null;
  /** EC2: the client token, a digest of the request it came with, and the reservation that answers for it. */
  readonly request: { readonly token: string | null; readonly digest: string; readonly reservation: string } | null;
}

/** Takes room in its zone: it runs, or could run again. */
export const occupiesRoom = ({ state }: Instance): boolean => state !== 'terminated' && state !== 'error';

export type Action = 'stop' | 'start' | 'reboot' | 'suspend' | 'resume' | 'delete';

interface Transition {
  readonly from: readonly InstanceState[];
  readonly by: ChangingState;
  readonly to: RestingState;
  readonly ms: number;
}

const anyState: readonly InstanceState[] = [
  ...(['running', 'stopped', 'suspended', 'error'] as const),
  ...(['booting', 'stopping', 'starting', 'rebooting', 'suspending', 'resuming'] as const),
];

/** What each action may be asked of, the state it passes through, and for how long. */
export const transitions: Readonly<Record<Action, Transition>> = {
  stop: { from: ['running'], by: 'stopping', to: 'stopped', ms: 150 },
  start: { from: ['stopped'], by: 'starting', to: 'running', ms: 200 },
  reboot: { from: ['running', 'stopped'], by: 'rebooting', to: 'running', ms: 200 },
  suspend: { from: ['running'], by: 'suspending', to: 'suspended', ms: 100 },
  resume: { from: ['suspended'], by: 'resuming', to: 'running', ms: 100 },
  delete: { from: anyState, by: 'deleting', to: 'terminated', ms: 150 },
};
