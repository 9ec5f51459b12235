import { discreet } from './discreet.js';
import type { VendorDriver } from './port.js';
import { VendorError } from './vendor-error.js';

const fields = [
  { name: 'user', title: 'user', required: true },
  { name: 'password', title: 'password', required: true, secret: true as const },
];
const credentials = { user: 'jane', password: 'pa ss&word' };

const failing = (message: string, code = 'echo'): VendorDriver =>
  discreet(
    { check: () => Promise.reject(new VendorError('forbidden', message, { code, retryAfterMs: 5 })) } as unknown as VendorDriver,
    credentials,
    fields,
  );

it.each([
  ['as it is', 'you sent pa ss&word, jane'],
  ['as a form writes it', 'password=pa%20ss%26word&user=jane'],
  ['as HTTP Basic writes it', `Authorization: Basic ${Buffer.from('jane:pa ss&word').toString('base64')}`],
  ['encoded alone', Buffer.from('pa ss&word').toString('base64')],
  ['encoded behind an organisation', Buffer.from('jane@org:pa ss&word').toString('base64')],
  ['cut off', 'you sent pa ss&w'],
])('hides a secret that a vendor repeats %s', async (_, message) => {
  const failure = await failing(message)
    .check()
    .catch((error: unknown) => error as VendorError);
  expect(failure).toMatchObject({ reason: 'forbidden', vendorCode: 'echo', retryAfterMs: 5 });
  expect((failure as VendorError).message).toContain('[secret]');
  expect((failure as VendorError).message).not.toMatch(/pa ss|pa%20ss|cGEgc3M|BhIHNz|YSBzcyZ/);
});

it('leaves all else as it is, a code of the vendor’s own included', async () => {
  await expect(failing('jane has no such machine', 'Not.Found').check()).rejects.toMatchObject({
    message: 'jane has no such machine',
    vendorCode: 'Not.Found',
    outcomeUnknown: false,
  });
});

it('hides a secret in a code, too', async () => {
  await expect(failing('no', 'pa ss&word').check()).rejects.toMatchObject({ vendorCode: '[secret]' });
});
