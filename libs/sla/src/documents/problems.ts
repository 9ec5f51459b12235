import { AgencyError } from '@cloud-agency/errors';
import type { Position } from './source.js';

/** One thing that is wrong with a document: where, what, and what to do. */
export interface Problem extends Position {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

export interface Place {
  readonly path: string;
  readonly at: Position;
}

/** Collects what is wrong with a document, so that its author hears of everything at once. */
export class Problems {
  private readonly invalid: Problem[] = [];
  private readonly contradictory: Problem[] = [];
  private readonly unsupportedFields: Problem[] = [];

  /** The document does not follow the format. */
  add(place: Place, message: string, hint?: string): void {
    this.invalid.push(problem(place, message, hint));
  }

  /** The document is well formed, but nothing can ever meet it. */
  contradiction(place: Place, message: string): void {
    this.contradictory.push(problem(place, message));
  }

  /** Valid, but the Agency cannot carry it out yet. */
  unsupported(place: Place, message: string): void {
    this.unsupportedFields.push(problem(place, message));
  }

  /** Whether the format itself is broken, so that looking for contradictions would mislead. */
  get malformed(): boolean {
    return this.invalid.length > 0;
  }

  /** Throws AgencyError `invalid-document`, `contradictory-constraints` or `unsupported`, in this order, when there is anything to tell. */
  throwIfAny(): void {
    if (this.invalid.length > 0) throw told('invalid-document', this.invalid);
    if (this.contradictory.length > 0) throw told('contradictory-constraints', this.contradictory);
    const unsupported = inOrder(this.unsupportedFields);
    const [first] = unsupported;
    if (first)
      throw new AgencyError('unsupported', {
        path: first.path,
        message: first.message,
        line: first.line,
        problems: unsupported,
      });
  }
}

function problem(place: Place, message: string, hint?: string): Problem {
  return { path: place.path, line: place.at.line, column: place.at.column, message, ...(hint && { hint }) };
}

function told(code: 'invalid-document' | 'contradictory-constraints', problems: readonly Problem[]): AgencyError {
  const sorted = inOrder(problems);
  const more = problems.length > sorted.length ? [`  and ${problems.length - sorted.length} more`] : [];
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const title = code === 'invalid-document' ? `The document has ${count}:` : `The document contradicts itself (${count}):`;
  return new AgencyError(code, { message: [title, ...sorted.map(line), ...more].join('\n'), problems: sorted });
}

/** Nobody reads more of them at once, and an answer is not to be many times the document. */
const mostTold = 100;

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, mostTold);
}

function line({ line: row, column, path, message, hint }: Problem): string {
  return `  line ${row}, column ${column}: ${path ? `${path}: ` : ''}${message}${hint ? ` (${hint})` : ''}`;
}
