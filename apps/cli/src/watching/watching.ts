/** `agency watch`: how agreements stand, live. */
import { AgencyError } from '@cloud-agency/errors';
import { AgreementBoard } from '../agreement-board.js';
import { type AgencyClient, RefusedRequest } from '../client.js';
import type { AgencyEvent } from '../entities/event.js';
import { exit } from '../failure.js';
import type { Streams, Terminal } from '../terminal.js';
import { type Frame, watchFrame } from '../views/watch-frame.js';
import { Wakeups } from '../wakeups.js';
import { Observed } from './observed.js';
import { Screen } from './screen.js';
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';

export interface Watched {
  readonly client: AgencyClient;
  readonly terminal: Terminal;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Id of an agreement; undefined: all. */
  readonly agreement: string | undefined;
}

/** How often running figures are read, ms, and at the most, however much happens; what happens is shown at once. */
const lookEveryMs = 1_000;
const lookAtMostEveryMs = 250;
/** What is to be drawn waits for what comes with it, ms: nobody sees more frames than these. */
const drawWithinMs = 30;

/** @returns the exit code. */
export async function watchAgreements(watched: Watched): Promise<number> {
  const ended = new AbortController();
  const signal = AbortSignal.any([watched.signal, ended.signal]);
  const observed = new Observed(watched.client, watched.agreement);
  const wakeups = new Wakeups(lookEveryMs, signal);
  await observed.look();
  const show = watched.terminal.live ? onScreen(watched, observed, ended) : asLines(watched.terminal, observed);
  const query = watched.agreement === undefined ? {} : { agreement: watched.agreement };
  const onConnection = (isConnected: boolean): void => {
    observed.connection(isConnected);
    show.connection(isConnected);
    wakeups.ring();
  };
  const left = abortion(signal);
  const listening = listen(watched.client.events(query, signal, onConnection), (event) => {
    observed.hear(event);
    show.event(event);
    wakeups.ring();
  }).finally(() => {
    ended.abort();
  });
  try {
    while (await wakeups.next()) {
      // Who wants to leave does not wait for an answer.
      await Promise.race([look(observed), left]);
      show.state();
      if (observed.isOver) break;
      await pause(lookAtMostEveryMs, signal);
    }
  } finally {
    ended.abort();
    show.end();
    await listening;
  }
  return exit.done;
}

/** One way of showing it. */
interface Show {
  state(): void;
  event(event: AgencyEvent): void;
  connection(isConnected: boolean): void;
  end(): void;
}

async function listen(events: AsyncIterable<AgencyEvent>, hear: (event: AgencyEvent) => void): Promise<void> {
  for await (const event of events) hear(event);
}

/** An Agency that does not answer, or cannot at the moment, is waited for. */
async function look(observed: Observed): Promise<void> {
  try {
    await observed.look();
  } catch (error) {
    if (!isPassing(error)) throw error;
    observed.unanswered();
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof RefusedRequest
    ? error.status >= 500 || error.status === 429
    : error instanceof AgencyError && error.code === 'agency-unreachable';

/** Settles when the signal ends it all. */
const abortion = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** In place, on the whole of a live terminal. */
function onScreen({ streams, terminal }: Watched, observed: Observed, ended: AbortController): Show {
  let offset = 0;
  let waiting: NodeJS.Timeout | undefined;
  const frame = (): Frame => watchFrame(observed.state, screen.size, offset, (style, text) => terminal.style(style, text));
  const draw = (): void => {
    waiting = undefined;
    screen.draw(frame().lines);
  };
  const drawSoon = (): void => {
    waiting ??= setTimeout(draw, drawWithinMs);
  };
  const scroll = (key: 'up' | 'down' | 'page-up' | 'page-down' | 'top' | 'bottom'): void => {
    const { rows } = screen.size;
    const page = Math.max(1, Math.floor(rows / 2));
    const steps = { up: -1, down: 1, 'page-up': -page, 'page-down': page, top: -Infinity, bottom: Infinity };
    offset = Math.min(frame().furthest, Math.max(0, offset + steps[key]));
  };
  const screen = new Screen(
    streams,
    (key) => {
      if (key === 'quit') ended.abort();
      else scroll(key);
      drawSoon();
    },
    draw,
  );
  draw();
  return {
    state: drawSoon,
    event: drawSoon,
    connection: drawSoon,
    end: () => {
      clearTimeout(waiting);
      screen.close();
    },
  };
}

/** As lines, of what has changed: for a file, a pipe, or a program. */
function asLines(terminal: Terminal, observed: Observed): Show {
  const boards = new Map<string, AgreementBoard>();
  let isConnected = true;
  return {
    state: () => {
      for (const agreement of observed.state.agreements) {
        const board = boards.get(agreement.id) ?? new AgreementBoard(terminal);
        boards.set(agreement.id, board);
        board.show(agreement);
      }
    },
    event: (event) => {
      terminal.tell(`${event.at.slice(11, 19)} ${event.message}`, event);
    },
    connection: (now) => {
      if (now === isConnected) return;
      isConnected = now;
      const text = now ? 'Connected again.' : 'The Agency does not answer; it is tried again.';
      terminal.tell(text, { type: now ? 'connected' : 'disconnected' });
    },
    end: () => undefined,
  };
}

/** Shorter when the signal ends it. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await after(ms, undefined, { signal }).catch(() => undefined);
}
