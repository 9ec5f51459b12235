import { errorTable } from './index.js';

/**
 * Those that the OCCI front answers with (GFD.223), and 412, which conditional requests have of their own (RFC 9110, 15.5.13). Exporters of metrics are no
 * clients of OCCI: they are told 415, as HTTP has it (15.5.16).
 */
const listed = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 429, 500, 501, 503];

it.each(Object.entries(errorTable))('%s has a status that an OCCI client knows', (_, { status }) => {
  expect(listed).toContain(status);
});
