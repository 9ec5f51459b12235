import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { TypedLines } from './typed-lines.js';
import { fitted, harmlessLines } from './views/fitting.js';

export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly errors: Writable;
}

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** What a command says: sentences for a person, or with `--json` one JSON object a line for a program; never both. */
export class Terminal {
  /** How many lines of the live board stand on the screen now. */
  private boardLines = 0;
  private typed: TypedLines | undefined;

  constructor(
    private readonly streams: Streams,
    readonly json: boolean,
  ) {}

  /** Whether a person watches who sees lines being rewritten: a dumb terminal cannot. */
  get live(): boolean {
    return !this.json && this.streams.output.isTTY === true && process.env.TERM !== 'dumb';
  }

  tell(text: string, record?: object): void {
    if (record) this.record(record);
    if (this.json) return;
    this.clearBoard();
    this.streams.output.write(`${harmlessLines(text)}\n`);
  }

  /** For programs only. */
  record(record: object): void {
    if (this.json) this.streams.output.write(`${JSON.stringify(record)}\n`);
  }

  /** Goes to standard error, so that it is seen when the output is piped. With `--json` it is a line of the output like all else. */
  complain(text: string, record: object): void {
    this.record(record);
    if (this.json) return;
    this.clearBoard();
    this.streams.errors.write(`${harmlessLines(text)}\n`);
  }

  /** Shows these lines in place of those that it showed last, cut: a line that wraps would break the count of lines to go up. Only for a live terminal. */
  board(lines: readonly string[]): void {
    const width = this.streams.output.columns ?? 80;
    // In one piece, so that nobody sees it half drawn.
    this.streams.output.write(
      `${this.upToBoard()}${lines.map((line) => `${fitted(harmlessLines(line), width - 1)}\n`).join('')}`,
    );
    this.boardLines = lines.length;
  }

  /** Leaves the board as it stands and goes on below it. */
  keepBoard(): void {
    this.boardLines = 0;
  }

  style(style: Style, text: string): string {
    return this.live && !process.env.NO_COLOR ? styleText(style, text) : text;
  }

  /** The next line typed by the person; undefined when there is nobody to ask, or the signal ends the question. */
  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.keepBoard();
    (this.json ? this.streams.errors : this.streams.output).write(question);
    this.typed ??= new TypedLines(this.streams.input);
    return await this.typed.next(signal);
  }

  private clearBoard(): void {
    this.streams.output.write(this.upToBoard());
    this.boardLines = 0;
  }

  /** What takes the cursor back to where the board began, and clears from there. */
  private upToBoard(): string {
    return this.boardLines > 0 ? `\u001b[${this.boardLines}A\u001b[0J` : '';
  }
}
