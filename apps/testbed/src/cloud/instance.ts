/** Where an instance stays until somebody acts. */
export type RestingState = 'running' | 'stopped' | 'suspended' | 'paused' | 'resized' | 'error' | 'terminated';
/** On the way to a resting state. */
export type ChangingState =
  | ('booting' | 'stopping' | 'starting' | 'rebooting' | 'deleting')
  | ('suspending' | 'resuming' | 'pausing' | 'unpausing' | 'resizing' | 'reverting');

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
  /** What it was given for its first boot; absent: nothing. */
  readonly userData?: string | undefined;
  /** EC2: it was bought on the spot market; absent: on demand. */
  readonly spot?: boolean;
  /** The cloud takes a spot machine back; absent when it does not. */
  readonly interruption?: Interruption;
  readonly state: InstanceState;
  /** What the cloud shows in place of its state: a word of nobody's; null or absent: the state. */
  readonly odd?: string | null;
  /** How much of all its cores it uses, per cent, as its operator wants it; null or absent: as it comes. */
  readonly load?: number | null;
  /** The change under way: what it ends in, and when. */
  readonly change: { readonly to: RestingState; readonly at: number } | null;
  /** Its process has died without the cloud noticing: the state stays `running`, nothing answers. */
  readonly dead: boolean;
  /** Its own address of 127.0.0.0/8; null once it has given it back, or never had one. */
  readonly address: string | null;
  readonly fault: { readonly code: number; readonly message: string; readonly at: number } | null;
  /** Nova: a change of size that its owner has yet to confirm; absent when there is none. */
  readonly resize?: Resize | null;
  readonly createdAt: number;
  /** When it last began to run. */
  readonly launchedAt: number | null;
  readonly endedAt: number | null;
  /** EC2: the client token, a digest of the request it came with, and the reservation that answers for it. */
  readonly request: { readonly token: string | null; readonly digest: string; readonly reservation: string } | null;
}

export interface Interruption {
  /** When its owner could know. */
  readonly toldAt: number;
  /** When it is terminated. */
  readonly at: number;
  /** It was the cloud that ended it, and not its owner before that. */
  readonly carriedOut: boolean;
}

export interface Resize {
  readonly from: string;
  readonly to: string;
  /** It was stopped before, and is again afterwards. */
  readonly stopped: boolean;
  /** Nobody has to confirm it. */
  readonly final?: true;
}

/** Takes room in its zone: it runs, or could run again. */
export const occupiesRoom = ({ state }: Instance): boolean => state !== 'terminated' && state !== 'error';

/** Whether there is a machine that could answer. */
export const isUp = ({ state, resize }: Instance): boolean =>
  state === 'running' || (state === 'resized' && resize?.stopped !== true);

export type Action =
  | ('stop' | 'halt' | 'power-off' | 'start' | 'reboot' | 'hard-reboot' | 'delete')
  | ('suspend' | 'resume' | 'pause' | 'unpause' | 'resize' | 'revert-resize');

interface Transition {
  readonly from: readonly InstanceState[];
  readonly by: ChangingState;
  readonly to: RestingState;
  readonly ms: number;
}

const anyState: readonly InstanceState[] = [
  ...(['running', 'stopped', 'suspended', 'paused', 'resized', 'error'] as const),
  ...(['booting', 'stopping', 'starting', 'rebooting', 'suspending', 'resuming'] as const),
  ...(['pausing', 'unpausing', 'resizing', 'reverting'] as const),
];

/** What each action may be asked of, the state it passes through, and for how long. */
export const transitions: Readonly<Record<Action, Transition>> = {
  stop: { from: ['running'], by: 'stopping', to: 'stopped', ms: 150 },
  // To EC2 a machine that reboots is running, and may be stopped.
  halt: { from: ['running', 'rebooting'], by: 'stopping', to: 'stopped', ms: 150 },
  // Without asking its system, whose saved state is lost.
  'power-off': { from: ['running', 'suspended', 'paused'], by: 'stopping', to: 'stopped', ms: 150 },
  start: { from: ['stopped'], by: 'starting', to: 'running', ms: 200 },
  reboot: { from: ['running'], by: 'rebooting', to: 'running', ms: 200 },
  'hard-reboot': { from: ['running', 'stopped', 'suspended', 'paused'], by: 'rebooting', to: 'running', ms: 200 },
  suspend: { from: ['running'], by: 'suspending', to: 'suspended', ms: 100 },
  resume: { from: ['suspended'], by: 'resuming', to: 'running', ms: 100 },
  pause: { from: ['running'], by: 'pausing', to: 'paused', ms: 50 },
  unpause: { from: ['paused'], by: 'unpausing', to: 'running', ms: 50 },
  resize: { from: ['running', 'stopped'], by: 'resizing', to: 'resized', ms: 300 },
  'revert-resize': { from: ['resized'], by: 'reverting', to: 'running', ms: 300 },
  delete: { from: anyState, by: 'deleting', to: 'terminated', ms: 150 },
};
