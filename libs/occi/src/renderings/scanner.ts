import { AgencyError } from '@cloud-agency/errors';
import type { JsonScalar } from '../model/json.js';

const token = /[^\s,;="<>]+/y;
const scalar = /(true|false|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?=[\s,;]|$)/y;
const space = /[ \t\r\n]*/y;

/** Reads the value of one field of the text rendering (GFD.229) from left to right. Every method skips the spaces before it. */
export class Scanner {
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly where: string,
  ) {}

  atEnd(): boolean {
    this.match(space);
    return this.position >= this.text.length;
  }

  /** Whether `mark` comes next. */
  comes(mark: string): boolean {
    this.match(space);
    return this.text.startsWith(mark, this.position);
  }

  /** Whether `mark` comes next; it is then behind us. */
  skip(mark: string): boolean {
    if (!this.comes(mark)) return false;
    this.position += mark.length;
    return true;
  }

  expect(mark: string): void {
    if (!this.skip(mark)) this.fail(`expected '${mark}'`);
  }

  token(what: string): string {
    this.match(space);
    return this.match(token) ?? this.fail(`expected ${what}`);
  }

  /** `"…"`, in which `\` escapes the character after it. */
  quoted(what: string): string {
    this.match(space);
    if (this.text[this.position] !== '"') this.fail(`expected ${what} in double quotes`);
    const start = this.position;
    const chunks: string[] = [];
    for (let at = start + 1, from = at; at < this.text.length; at += 1) {
      const character = this.text[at];
      if (character === '"') {
        chunks.push(this.text.slice(from, at));
        this.position = at + 1;
        return chunks.join('');
      }
      if (character !== '\\') continue;
      chunks.push(this.text.slice(from, at));
      at += 1;
      from = at;
    }
    return this.fail('the closing double quote is missing');
  }

  /** `<…>` */
  bracketed(what: string): string {
    this.expect('<');
    const end = this.text.indexOf('>', this.position);
    if (end < 0) this.fail(`expected '>' after ${what}`);
    const inside = this.text.slice(this.position, end).trim();
    this.position = end + 1;
    return inside;
  }

  /** A quoted string, or a bare token as older clients write class=kind. */
  parameter(what: string): string {
    this.match(space);
    return this.text[this.position] === '"' ? this.quoted(what) : this.token(what);
  }

  /** A quoted string, a number, true or false. */
  value(name: string): JsonScalar {
    this.match(space);
    if (this.text[this.position] === '"') return this.quoted(`the value of ${name}`);
    const bare = this.match(scalar);
    if (bare === undefined) return this.fail(`the value of ${name} must be a string in double quotes, a number, true or false`);
    return bare === 'true' || bare === 'false' ? bare === 'true' : Number(bare);
  }

  /** @throws AgencyError invalid-request: what is wrong, and where. */
  fail(message: string): never {
    const rest = this.text.slice(this.position, this.position + 30);
    const found = rest === '' ? 'the end' : `'${rest}'`;
    throw new AgencyError('invalid-request', {
      message: `In ${this.where}, column ${String(this.position + 1)}: ${message}, found ${found}.`,
    });
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }
}
