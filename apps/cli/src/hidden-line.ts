import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

type Keyboard = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

const enter = ['\r', '\n'];
const endings = ['\u0003', '\u0004'];
const deletions = ['\u007f', '\b'];

/** One line of input: from a pipe its first, from a terminal what is typed, which is not shown. Undefined when there is none. */
export async function hiddenLine(input: Keyboard): Promise<string | undefined> {
  if (input.isTTY !== true || !input.setRawMode) return await firstLine(input);
  input.setRawMode(true);
  try {
    return await typedLine(input);
  } finally {
    input.setRawMode(false);
    input.pause();
  }
}

async function firstLine(input: Readable): Promise<string | undefined> {
  for await (const line of createInterface({ input })) return line;
  return undefined;
}

async function typedLine(input: Readable): Promise<string | undefined> {
  let typed = '';
  input.resume();
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    for (const key of String(chunk)) {
      if (enter.includes(key)) return typed;
      if (endings.includes(key)) return undefined;
      typed = deletions.includes(key) ? typed.slice(0, -1) : typed + key;
    }
  }
  return typed === '' ? undefined : typed;
}
