import type { Streams } from '../terminal.js';
import type { Size } from '../views/watch-frame.js';

/** What a person can press. */
export type Key = 'quit' | 'up' | 'down' | 'page-up' | 'page-down' | 'top' | 'bottom' | 'redraw';

const keys: Readonly<Record<string, Key>> = {
  q: 'quit',
  Q: 'quit',
  '\u0003': 'quit',
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  k: 'up',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  j: 'down',
  '\u001b[5~': 'page-up',
  '\u001b[6~': 'page-down',
  ' ': 'page-down',
  g: 'top',
  '\u001b[H': 'top',
  '\u001b[1~': 'top',
  '\u001bOH': 'top',
  G: 'bottom',
  '\u001b[F': 'bottom',
  '\u001b[4~': 'bottom',
  '\u001bOF': 'bottom',
  '\u000c': 'redraw',
};

/** What one press sends. Several come in one piece when a key is held down, or the line is slow. */
const presses = /\u001b\[[\d;]*[A-Za-z~]|\u001bO[A-Za-z]|[^]/gu;

const escape = '\u001b[';
const enter = `${escape}?1049h${escape}?25l`;
const leave = `${escape}?25h${escape}?1049l`;

/** The whole of a terminal, redrawn in place: each frame goes over the one before, and only where it differs. */
export class Screen {
  private shown: readonly string[] = [];
  private readonly onData = (chunk: Buffer | string): void => {
    for (const [press] of chunk.toString().matchAll(presses)) {
      const key = keys[press];
      if (key === 'redraw') this.onSize();
      else if (key) this.onKey(key);
    }
  };
  private readonly onSize = (): void => {
    this.shown = [];
    this.onResize();
  };

  constructor(
    private readonly streams: Streams,
    private readonly onKey: (key: Exclude<Key, 'redraw'>) => void,
    private readonly onResize: () => void,
  ) {
    const { input, output } = streams;
    output.write(enter);
    input.setRawMode?.(true);
    input.on('data', this.onData);
    input.resume();
    output.on('resize', this.onSize);
  }

  get size(): Size {
    const { columns, rows } = this.streams.output;
    return { columns: columns || 80, rows: rows || 24 };
  }

  /** In one piece, between marks that ask the terminal to show it at once, so that nobody sees it half drawn. */
  draw(lines: readonly string[]): void {
    const isAfresh = this.shown.length !== lines.length;
    const changes = lines.flatMap((line, index) =>
      isAfresh || line !== this.shown[index] ? [`${escape}${index + 1};1H${line}${escape}0m${escape}K`] : [],
    );
    this.shown = lines;
    if (changes.length === 0) return;
    const below = isAfresh ? `${escape}J` : '';
    this.streams.output.write(`${escape}?2026h${changes.join('')}${below}${escape}?2026l`);
  }

  /** Gives the terminal back as it was found. */
  close(): void {
    const { input, output } = this.streams;
    output.off('resize', this.onSize);
    input.off('data', this.onData);
    input.setRawMode?.(false);
    input.pause();
    output.write(leave);
  }
}
