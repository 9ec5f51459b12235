/** `agency watch`: how agreements stand, live. */
import { AgencyError } from '@cloud-agency/errors';
import { AgreementBoard } from '../agreement-board.js';
import type { AgencyClient } from '../client.js';
import type { AgencyEvent } from '../entities/event.js';
import { exit } from '../failure.js';
import type { Streams, Terminal } from '../terminal.js';
import { middleLines, watchFrame } from '../views/watch-frame.js';
import { Wakeups } from '../wakeups.js';
import { Observed } from './observed.js';
import { type Key, Screen } from './screen.js';

export interface Watched {
  readonly client: AgencyClient;
  readonly terminal: Terminal;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Id of an agreement; undefined: all. */
  readonly agreement: string | undefined;
}

/** How often running figures are read, ms; what happens is shown at once. */
const lookEveryMs = 1_000;

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
  const listening = listen(watched.client.events(query, signal, onConnection), (event) => {
    observed.hear(event);
    show.event(event);
    wakeups.ring();
  });
  try {
    while (await wakeups.next()) {
      await look(observed);
      show.state();
      if (observed.isOver) break;
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

/** An Agency that does not answer is waited for. */
async function look(observed: Observed): Promise<void> {
  try {
    await observed.look();
  } catch (error) {
    if (!(error instanceof AgencyError) || error.code !== 'agency-unreachable') throw error;
    observed.connection(false);
  }
}

/** In place, on the whole of a live terminal. */
function onScreen({ streams, terminal }: Watched, observed: Observed, ended: AbortController): Show {
  let offset = 0;
  const draw = (): void => {
    screen.draw(watchFrame(observed.state, screen.size, offset, (style, text) => terminal.style(style, text)));
  };
  const scroll = (key: Key): void => {
    const { rows, columns } = screen.size;
    const last = Math.max(0, middleLines(observed.state, columns, (_, text) => text).length - 1);
    const steps: Readonly<Record<Exclude<Key, 'quit'>, number>> = {
      ...{ up: -1, down: 1, 'page-up': -Math.floor(rows / 2), 'page-down': Math.floor(rows / 2), top: -offset },
    };
    offset = key === 'quit' ? offset : Math.min(last, Math.max(0, offset + steps[key]));
  };
  const screen = new Screen(
    streams,
    (key) => {
      if (key === 'quit') ended.abort();
      scroll(key);
      draw();
    },
    draw,
  );
  draw();
  return {
    state: draw,
    event: draw,
    connection: draw,
    end: () => {
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
