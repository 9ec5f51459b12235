import { randomIds } from '@cloud-agency/runtime';
import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { databases } from '../../../../libs/store/test/databases.js';
import { Authority, newKey } from '../../src/enrolment/authority.js';
import { openAuthority } from '../../src/enrolment/keeping.js';
import { requestIn } from '../../src/enrolment/request.js';
import { address, EnrolmentWorld, presented } from './enrolment-world.js';

const hour = 3_600_000;
const refused = (reason: string) =>
  expect.objectContaining({ code: 'agent-refused', details: expect.objectContaining({ reason }) as object }) as Error;

describe.each(Object.keys(databases))('on %s, an agent', (database) => {
  let world: EnrolmentWorld;

  beforeAll(async () => {
    world = await EnrolmentWorld.open(database);
  }, 60_000);
  afterAll(async () => {
    await world.close();
  });

  const ordered = async (...rest: readonly [state?: 'building' | 'running' | 'active', at?: string | null]) => {
    const placement = randomIds.next();
    return { placement, token: await world.order(placement, ...rest), request: await world.request(placement) };
  };
  const enrolled = async () => {
    const { placement, token, request } = await ordered();
    return { placement, ...(await world.enrolment.enrol(token, request.pem, address)) };
  };

  it('is known by an IPv6 address however its vendor spells that', async () => {
    const { token, request } = await ordered('running', '2001:0DB8:0:0:0:0:0:1');
    await expect(world.enrolment.enrol(token, request.pem, '2001:db8::2')).rejects.toEqual(refused('address'));
    await expect(world.enrolment.enrol(token, request.pem, '2001:db8::1')).resolves.toMatchObject({ renewAfter: 16 * hour });
  });

  it('gets a certificate that openssl verifies, and is known by it', async () => {
    const { placement, certificate, renewAfter } = await enrolled();
    expect(renewAfter).toBe(16 * hour);
    expect(await world.enrolment.admitted(presented(certificate))).toEqual({
      placement,
      resource: `r-${placement}`,
      tenant: 'a',
    });
    const verify = `cat > "$0" && openssl verify -purpose sslclient -CAfile "$0" "$0"`;
    const file = join(world.directory, 'both.pem');
    expect(
      execFileSync('sh', ['-c', verify, file], { input: `${certificate}\n${world.authority.certificate}\n` }).toString(),
    ).toContain('OK');
  });

  it('is answered again by the same key, and another key is not answered at all', async () => {
    const { placement, token, request } = await ordered('active');
    await world.enrolment.enrol(token, request.pem, address);
    const { certificate } = await world.enrolment.enrol(token, request.pem, address);
    expect((await world.enrolment.admitted(presented(certificate))).placement).toBe(placement);
    const other = await world.request(placement);
    await expect(world.enrolment.enrol(token, other.pem, address)).rejects.toThrow(refused('token-used'));
  });

  it('is asked to wait while its vendor has not told where the machine is', async () => {
    const { placement, token, request } = await ordered('building', null);
    await expect(world.enrolment.enrol(token, request.pem, address)).rejects.toMatchObject({ code: 'agent-early', status: 503 });
    await world.becomes(placement, { state: 'running', address });
    expect(await world.enrolment.enrol(token, request.pem, address)).toMatchObject({ renewAfter: 16 * hour });
  });

  it('is refused with a token that has ended, for another placement, from elsewhere, and when its machine failed', async () => {
    const { placement, token, request } = await ordered();
    const before = (await world.refusals()).length;
    await expect(world.enrolment.enrol('cat_guessed', request.pem, address)).rejects.toThrow(refused('token'));
    await expect(world.enrolment.enrol(token, (await world.request('another')).pem, address)).rejects.toThrow(
      refused('placement'),
    );
    for (const elsewhere of ['127.0.0.1', '127.0.0.2'])
      await expect(world.enrolment.enrol(token, request.pem, elsewhere)).rejects.toThrow(refused('address'));
    world.now += 2 * hour;
    await expect(world.enrolment.enrol(token, request.pem, address)).rejects.toThrow(refused('token-ended'));
    world.now -= 2 * hour;
    await world.becomes(placement, { state: 'failed' });
    await expect(world.enrolment.enrol(token, request.pem, address)).rejects.toThrow(refused('revoked'));
    expect((await world.refusals()).slice(before)).toEqual(['placement', 'address', 'token-ended', 'revoked']);
  });

  it('renews by the certificate that it has, also by one that has ended, which is good for nothing else', async () => {
    const placement = randomIds.next();
    const token = await world.order(placement);
    const { pem } = await world.request(placement);
    const { certificate } = await world.enrolment.enrol(token, pem, address);
    world.now += 25 * hour;
    try {
      await expect(world.enrolment.admitted(presented(certificate))).rejects.toThrow(refused('certificate'));
      const { certificate: next } = await world.enrolment.renew(presented(certificate), pem);
      expect((await world.enrolment.admitted(presented(next))).placement).toBe(placement);
      const other = await world.request(placement);
      await expect(world.enrolment.renew(presented(next), other.pem)).rejects.toMatchObject({ code: 'invalid-request' });
    } finally {
      world.now -= 25 * hour;
    }
  });

  it('is known no more once its machine is being given back, and from no other address', async () => {
    const { placement, certificate } = await enrolled();
    await expect(world.enrolment.admitted(presented(certificate, '127.0.0.1'))).rejects.toThrow(refused('address'));
    await world.becomes(placement, { state: 'cancelling' });
    await expect(world.enrolment.admitted(presented(certificate))).rejects.toThrow(refused('revoked'));
    await expect(world.enrolment.admitted({ certificate: undefined, address })).rejects.toThrow(refused('certificate'));
  });

  it('is not known by what somebody else has signed', async () => {
    const { placement } = await enrolled();
    const stranger = await Authority.found(newKey(), world.now);
    const asked = await requestIn((await world.request(placement)).pem);
    const forged = await stranger.certify(placement, asked.publicKey, world.now, hour);
    await expect(world.enrolment.admitted(presented(forged))).rejects.toThrow(refused('certificate'));
  });

  it('that asks for what is no request is told so', async () => {
    const { token } = await ordered();
    await expect(world.enrolment.enrol(token, 'nonsense', address)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('trusts an authority whose key its owner alone can read, and that is the same after a restart', async () => {
    const file = join(world.directory, 'agent-authority.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const door = { url: 'https://127.0.0.1:2', script: 'f00d' };
    const again = await openAuthority(world.store, { directory: world.directory }, door);
    expect(again.certificate).toBe(world.authority.certificate);
    const elsewhere = join(world.directory, 'restored');
    await expect(openAuthority(world.store, { directory: elsewhere }, door)).rejects.toMatchObject({
      code: 'data-directory-damaged',
    });
    await world.store.tables.deleteFrom('agent_door').execute();
    rmSync(file);
    const sealing = { passphrase: 'a passphrase for all' };
    const sealed = await openAuthority(world.store, sealing, door);
    expect((await openAuthority(world.store, sealing, door)).certificate).toBe(sealed.certificate);
    await expect(openAuthority(world.store, { passphrase: 'another passphrase' }, door)).rejects.toMatchObject({
      code: 'invalid-setting',
    });
    const { sealed_key: key } = await world.store.tables.selectFrom('agent_door').select('sealed_key').executeTakeFirstOrThrow();
    expect(key).not.toContain('PRIVATE');
  });
});
