import { type BodyExpectation, jsonPathSteps, jsonValueAt } from '@cloud-agency/sla';
import { RE2JS } from 're2js';

/** An answer may be so long, bytes. */
const mostReceived = 1_048_576;
/** So much of it is kept to be looked at. */
const mostKept = 65_536;

/** The body of an answer as it comes; kept only where something is expected of it. */
export class Body {
  private readonly chunks: Buffer[] = [];
  private received = 0;
  private kept = 0;

  constructor(private readonly isKept: boolean) {}

  /** False when it is longer than any answer may be. */
  take(chunk: Buffer): boolean {
    this.received += chunk.length;
    if (this.isKept && this.kept < mostKept) {
      const part = chunk.subarray(0, mostKept - this.kept);
      this.chunks.push(part);
      this.kept += part.length;
    }
    return this.received <= mostReceived;
  }

  readonly tooLarge = `an answer of more than ${String(mostReceived / 1024)} KiB`;

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  get isWhole(): boolean {
    return this.received <= mostKept;
  }
}

/** What is wrong with a body; undefined when nothing is. */
export function problemOf(body: Body, expected: BodyExpectation | undefined): string | undefined {
  if (!expected) return undefined;
  const { text } = body;
  const { contains, matches, json } = expected;
  if (contains !== undefined && !text.includes(contains)) return `its body does not contain "${contains.slice(0, 60)}"`;
  if (matches !== undefined && !compiled(matches).test(text)) return `its body does not match ${matches.slice(0, 60)}`;
  return json && jsonProblem(body, text, json);
}

function jsonProblem(body: Body, text: string, { path, equals }: NonNullable<BodyExpectation['json']>): string | undefined {
  if (!body.isWhole) return `its body is longer than ${String(mostKept / 1024)} KiB, too long to be read as JSON`;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'its body is not JSON';
  }
  const value = jsonValueAt(document, jsonPathSteps(path) ?? []);
  if (value === undefined) return `its body has no ${path}`;
  if (isSame(value, equals)) return undefined;
  return `${path} is ${JSON.stringify(value).slice(0, 60)}, not ${equals.slice(0, 60)}`;
}

/** What documents say is text; numbers are the same however they are written. */
function isSame(value: unknown, equals: string): boolean {
  if (typeof value === 'string') return value === equals;
  if (typeof value === 'number') return equals.trim() !== '' && Number(equals) === value;
  return JSON.stringify(value) === equals;
}

/** Compiling takes longer than matching, and the same few patterns come again and again. */
const patterns = new Map<string, RE2JS>();
const mostPatterns = 1_000;

function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern) ?? RE2JS.compile(pattern);
  if (patterns.size >= mostPatterns) patterns.clear();
  patterns.set(pattern, known);
  return known;
}
