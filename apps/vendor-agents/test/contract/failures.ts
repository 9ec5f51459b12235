import type { Account } from '@cloud-agency/runtime';
import { asVendorError } from '../../src/vendor/vendor-error.js';
import type { VendorModule } from '../../src/vendor/vendor-module.js';
import { until } from '../until.js';
import { failureOf, type Subject } from './subject.js';

const wrong = 'not-the-one';

export function failures({ credentials }: VendorModule, subject: () => Subject): void {
  const secrets = credentials.filter(({ secret }) => secret).map(({ name }) => name);
  const identities = credentials.filter(({ secret, required }) => required && !secret).map(({ name }) => name);
  const withCredential = (name: string): Account['credentials'] => ({ ...subject().account.credentials, [name]: wrong });

  it.each([...secrets, ...identities])(
    'says that credentials with a wrong %s are bad, and does not repeat them',
    async (name) => {
      const failure = await failureOf(
        subject()
          .connect({ credentials: withCredential(name) })
          .check(),
      );
      expect(['bad-credentials', ...(identities.indexOf(name) > 0 ? ['forbidden', 'not-found'] : [])]).toContain(failure.reason);
      for (const secret of secrets) expect(failure.message).not.toContain(subject().account.credentials[secret] as string);
      if (secrets.includes(name)) expect(failure.message).not.toContain(wrong);
    },
  );

  it('says that credentials are not good any more', async () => {
    const { driver, order } = subject();
    await driver.list(order.region, 'any');
    await subject().fault({ fault: 'revoked' });
    expect(await failureOf(driver.list(order.region, 'any'))).toMatchObject({ reason: 'bad-credentials' });
  });

  it('says that the cloud is full', async () => {
    await subject().fault({ fault: 'no-capacity' });
    const { order, token } = subject().wanted();
    const outcome = await subject()
      .driver.create(order, token)
      .then(
        async ({ vendorId }) => {
          const fallen = await until('fallen', async () => {
            const instance = await subject().driver.get(order.region, vendorId);
            return instance?.state === 'error' && instance;
          });
          await subject().gone(vendorId);
          return fallen.fault?.reason;
        },
        (error: unknown) => asVendorError(error).reason,
      );
    expect(outcome).toBe('no-capacity');
  });

  it('says that the quota is used up', async () => {
    await subject().fault({ fault: 'quota' });
    const { order, token } = subject().wanted();
    expect(await failureOf(subject().driver.create(order, token))).toMatchObject({ reason: 'quota' });
  });

  it('waits as the rate limit asks, and says when that is too long', async () => {
    const { driver, order } = subject();
    await subject().fault({ fault: 'rate-limit', retry_after: 1, times: 1 });
    const started = Date.now();
    await driver.list(order.region, 'any');
    expect(Date.now() - started).toBeGreaterThanOrEqual(45);
    await subject().fault({ fault: 'rate-limit', retry_after: 600 });
    expect(await failureOf(driver.list(order.region, 'any'))).toMatchObject({ reason: 'rate-limited' });
  });

  it('reads again after a server error; a create whose fate is unknown says so', async () => {
    const { driver } = subject();
    const { order, token } = subject().wanted();
    await subject().fault({ fault: 'server-error', times: 2 });
    await driver.list(order.region, 'any');
    await subject().testbed.clearFaults();
    await subject().fault({ fault: 'server-error' });
    expect(await failureOf(driver.create(order, token))).toMatchObject({ reason: 'unavailable', outcomeUnknown: true });
  });

  // Whichever request of the create it is that goes wrong: its first, its second, …
  describe.each([0, 1, 2, 3])('makes one machine of a create after whose request %i', (after) => {
    it.each([
      ['no answer comes in time', { fault: 'slow', delay_ms: 700 }],
      ['the answer is cut off', { fault: 'malformed' }],
      ['a proxy answers', { fault: 'wrong-content-type' }],
    ] as const)('%s', async (_, fault) => {
      const hasty = subject().connect({}, 400);
      const { order, token } = subject().wanted();
      await subject().fault({ ...fault, after, times: 1 });
      await hasty.create(order, token).catch((error: unknown) => {
        expect(asVendorError(error)).toMatchObject({ passing: true, outcomeUnknown: true });
      });
      await subject().testbed.clearFaults();
      const { vendorId } = await subject().settled(order, token);
      await subject().becomes(vendorId, 'active');
      expect(await subject().instances()).toMatchObject([{ id: vendorId }]);
      await subject().gone(vendorId);
    });
  });
}
