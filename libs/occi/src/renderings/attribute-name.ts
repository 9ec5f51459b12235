import { AgencyError } from '@cloud-agency/errors';

const attributeName = /^[a-zA-Z][\w-]*(\.[a-zA-Z0-9][\w-]*)*$/;

/** @throws AgencyError invalid-request when `name` is none that an attribute can have (GFD.229; capitals and inner digits by OCCI 1.2). */
export function assertAttributeName(name: string): void {
  if (!attributeName.test(name)) {
    throw new AgencyError('invalid-request', {
      message: `'${name.slice(0, 60)}' is not the name of an attribute: words of letters, digits, _ and -, joined by dots.`,
    });
  }
}
