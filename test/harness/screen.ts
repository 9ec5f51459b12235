import { eventually } from './client.js';

/** What a person sees on a terminal: enough of one to follow a program that draws in place. */
export class Screen {
  isAlternate = false;
  private lines: string[][];
  private row = 0;
  private column = 0;
  private rest = '';

  constructor(
    private readonly columns: number,
    rows: number,
  ) {
    this.lines = Array.from({ length: rows }, () => []);
  }

  write(text: string): void {
    this.rest += text;
    const piece = /^(?:\u001b\[(\??)([\d;]*)([A-Za-z])|[^\u001b])/u;
    for (let found = piece.exec(this.rest); found; found = piece.exec(this.rest)) {
      this.rest = this.rest.slice(found[0].length);
      const [whole, mark, numbers = '', command] = found;
      if (command === undefined) this.put(whole);
      else this.obey(mark === '?', numbers.split(';').map(Number), command);
    }
  }

  text(): string {
    return this.lines.map((line) => line.join('').trimEnd()).join('\n');
  }

  async shows(wanted: RegExp): Promise<void> {
    await eventually(async () => {
      expect(await Promise.resolve(this.text())).toMatch(wanted);
    });
  }

  private put(letter: string): void {
    if (letter === '\r') this.column = 0;
    else if (letter === '\n') this.row = Math.min(this.row + 1, this.lines.length - 1);
    else {
      const line = this.lines[this.row] ?? [];
      while (line.length < this.column) line.push(' ');
      // A program that writes past the edge would spoil the next line.
      expect(this.column).toBeLessThan(this.columns);
      line[this.column] = letter;
      this.column += 1;
    }
  }

  private obey(isPrivate: boolean, [first = 0, second = 1]: readonly number[], command: string): void {
    if (isPrivate && first === 1049) this.isAlternate = command === 'h';
    else if (command === 'H') [this.row, this.column] = [Math.max(1, first) - 1, Math.max(1, second) - 1];
    else if (command === 'K') this.lines[this.row]?.splice(this.column);
    else if (command === 'J') this.lines = this.lines.map((line, index) => (index > this.row ? [] : line));
  }
}
