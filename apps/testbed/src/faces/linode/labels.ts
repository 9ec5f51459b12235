import { badRequest } from './errors.js';

/** Letters, digits, dashes, underscores and periods, none of those twice in a row, and none at the ends. @throws LinodeError 400 */
export function checkLabel(label: string, { least, most }: { readonly least: number; readonly most: number }): void {
  if (label.length < least || label.length > most) throw badRequest(`Length must be ${least}-${most} characters`, 'label');
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(label) || /--|__|\.\./.test(label))
    throw badRequest(
      'Must begin and end with a letter or number, and only use letters, numbers, _, - and . once in a row',
      'label',
    );
}

/** Linode API v4, Tags: from 3 to 50 characters. @throws LinodeError 400 */
export function checkTags(tags: readonly string[] = []): void {
  if (tags.some((tag) => tag.length < 3 || tag.length > 50)) throw badRequest('Length must be 3-50 characters', 'tags');
}

/** Tags as the testbed keeps them: names without values. */
export const labelsOf = (tags: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(tags.map((tag) => [tag, '']));
