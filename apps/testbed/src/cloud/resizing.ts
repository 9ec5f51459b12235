import { type Instance, transitions } from './instance.js';
import { Refusal } from './refusal.js';

/** @throws Refusal wrong-state */
export function resizing(instance: Instance, to: string, final: boolean): Pick<Instance, 'resize'> {
  expect(instance, transitions.resize.from);
  const resize = { from: instance.size, to, stopped: instance.state === 'stopped' };
  return { resize: final ? { ...resize, final } : resize };
}

/** A stopped instance takes another size at once, and runs with it when it is started. @throws Refusal wrong-state */
export function withSize(instance: Instance, size: string): Instance {
  expect(instance, ['stopped']);
  return { ...instance, size };
}

/** It keeps its new size. @throws Refusal wrong-state */
export function confirmed(instance: Instance): Instance {
  expect(instance, ['resized']);
  return { ...instance, state: instance.resize?.stopped ? 'stopped' : 'running', resize: null };
}

/** What an instance is once the change under way has ended. */
export function settledOf(instance: Instance, { to }: NonNullable<Instance['change']>): Instance {
  const settled: Instance = { ...instance, state: to, change: null };
  const { resize } = instance;
  if (!resize || to === 'terminated') return settled;
  if (to === 'resized') return resize.final ? confirmed({ ...settled, size: resize.to }) : { ...settled, size: resize.to };
  return { ...settled, size: resize.from, state: resize.stopped ? 'stopped' : 'running', resize: null };
}

function expect({ id, state }: Instance, states: readonly Instance['state'][]): void {
  if (!states.includes(state)) throw new Refusal('wrong-state', `Instance ${id} is ${state}.`);
}
