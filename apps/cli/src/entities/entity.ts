/** The Agency's OCCI entities as the terminal shows them, read from their JSON rendering (OCCI.md 4). */

/** The JSON rendering of one resource (GFD.226). */
export interface Entity {
  readonly kind: string;
  readonly id: string;
  readonly title?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly target: { readonly location: string } }[];
}

/** Attributes by their types; what is of another is not there. */
export function reader({ attributes }: Entity) {
  return {
    text(name: string): string {
      const value = attributes[name];
      return typeof value === 'string' ? value : '';
    },
    number(name: string): number | undefined {
      const value = attributes[name];
      return typeof value === 'number' ? value : undefined;
    },
    list(name: string): readonly unknown[] {
      const value = attributes[name];
      return Array.isArray(value) ? value : [];
    },
    object(name: string): object | null {
      const value = attributes[name];
      return typeof value === 'object' ? value : null;
    },
  };
}

/** A reference may be an id or a location. */
export const idIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);
