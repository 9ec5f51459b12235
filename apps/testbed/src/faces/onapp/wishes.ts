import type { Call } from './call.js';
import { unprocessable } from './onapp-error.js';

/** What stands under the root of a request, e.g. `{"virtual_machine": {…}}`. Numbers and flags may be written as text: Rails casts them. */
export class Wishes {
  private constructor(private readonly fields: Readonly<Record<string, unknown>>) {}

  /** Empty when the root is not there: then the fields that have to be are missing. */
  static under({ body }: Call, root: string): Wishes {
    const fields = body[root];
    return new Wishes(typeof fields === 'object' && fields !== null ? (fields as Readonly<Record<string, unknown>>) : {});
  }

  text(name: string): string | undefined {
    const value = this.fields[name];
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** @throws OnAppError 422 */
  requiredText(name: string): string {
    return this.text(name) ?? blank(name);
  }

  /** A whole number from `least` on. @throws OnAppError 422 */
  number(name: string, least: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isInteger(value)) throw unprocessable('is not a number', name);
    if (value < least) throw unprocessable(`must be greater than or equal to ${least}`, name);
    return value;
  }

  /** @throws OnAppError 422 */
  requiredNumber(name: string, least: number): number {
    return this.number(name, least) ?? blank(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null || value === '') return undefined;
    return [true, 1, '1', 'true'].includes(value as boolean | number | string);
  }
}

function blank(name: string): never {
  throw unprocessable("can't be blank", name);
}
