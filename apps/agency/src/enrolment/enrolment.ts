import { AgencyError } from '@cloud-agency/errors';
import type { Log } from '@cloud-agency/runtime';
import { createHash, type X509Certificate } from 'node:crypto';
import type { AgencyStore, Work } from '../store/agency-store.js';
import type { Authority } from './authority.js';
import { type Machine, machineBy } from './machine.js';
import { digestOf } from './preparing.js';
import { enrolmentRefusal, noteRefusal, presentedRefusal, type Refusal, refusalSentences } from './refusals.js';
import { type Asked, requestIn } from './request.js';

/** What a machine is given: its certificate, PEM, and after how long it is to come for the next, ms. */
export interface Certified {
  readonly certificate: string;
  readonly renewAfter: number;
}

/** The resource that an agent speaks for. */
export type Enrolled = Pick<Machine, 'resource' | 'placement' | 'tenant'>;

/** Who comes, with whatever certificate it has shown that it has the key of, and from where. */
export interface Presented {
  readonly certificate: X509Certificate | undefined;
  readonly address: string;
}

/** What was found: the machine, or why it is not let in. */
interface Outcome {
  readonly machine?: Machine | undefined;
  readonly refusal?: Refusal | undefined;
}

/** A certificate is renewed when two thirds of its life are over. */
const renewedAt = 2 / 3;

/**
 * Lets the agents of resources in, each by the token of its placement, once, and by its certificate from then on; and only as long as the
 * Agency's own records say that this placement stands, at the address that the agent comes from (docs/resource-agent.md).
 */
export class Enrolment {
  constructor(
    private readonly store: AgencyStore,
    private readonly authority: Authority,
    /** How long a certificate lasts, ms. */
    private readonly lasting: number,
    private readonly log: Log,
  ) {}

  /**
   * The token is used up by the key that the request is for: the same request again, after a crash of either side, is answered again.
   * @throws AgencyError agent-refused; agent-early while the vendor has not told where the machine is; invalid-request.
   */
  async enrol(token: string, request: string, address: string): Promise<Certified> {
    const asked = await requestIn(request);
    const outcome = await this.store.work(async (work): Promise<Outcome> => {
      const machine = await machineBy(work.tables, 'token', digestOf(token));
      if (!machine) return { refusal: 'token' };
      const refusal = enrolmentRefusal(machine, asked, address, work.now);
      if (refusal) await noteRefusal(work, machine, refusal, address);
      else await noteEnrolled(work, machine, asked.key);
      return { machine, refusal };
    });
    return await this.certify(this.letIn(outcome, address), asked);
  }

  /**
   * For the key of the present certificate; also once that has ended, so that a machine which was switched off comes back. It is still the
   * Agency's own machine, at its own address, with the key that it enrolled with. @throws AgencyError agent-refused, invalid-request.
   */
  async renew(presented: Presented, request: string): Promise<Certified> {
    const asked = await requestIn(request);
    const machine = await this.machineOf(presented);
    if (asked.key === machine.publicKey) return await this.certify(machine, asked);
    throw new AgencyError('invalid-request', { message: 'A certificate is renewed for the key that it was made for.' });
  }

  /** Whom a certificate speaks for, at this moment. @throws AgencyError agent-refused. */
  async admitted(presented: Presented): Promise<Enrolled> {
    const { certificate, address } = presented;
    if (certificate && Date.parse(certificate.validTo) <= this.store.now())
      return this.letIn({ refusal: 'certificate' }, address);
    const { resource, placement, tenant } = await this.machineOf(presented);
    return { resource, placement, tenant };
  }

  /** Each request is looked at anew: that a placement is gone is known in the same instant. */
  private async machineOf({ certificate, address }: Presented): Promise<Machine> {
    if (!certificate || !this.authority.vouchesFor(certificate)) return this.letIn({ refusal: 'certificate' }, address);
    const machine = await machineBy(this.store.tables, 'placement', /^CN=(\S+)$/m.exec(certificate.subject)?.[1] ?? '');
    const refusal = machine ? presentedRefusal(machine, keyOf(certificate), address) : 'revoked';
    if (machine && refusal && refusal !== machine.refused)
      await this.store.work((work) => noteRefusal(work, machine, refusal, address));
    return this.letIn({ machine, refusal }, address);
  }

  private letIn({ machine, refusal }: Outcome, address: string): Machine {
    if (machine && !refusal) return machine;
    const reason = refusal ?? 'token';
    this.log.warn({ placement: machine?.placement, reason, address }, 'The agent of a resource was refused');
    throw new AgencyError('agent-refused', { message: refusalSentences[reason], reason });
  }

  private async certify({ placement }: Machine, { publicKey }: Asked): Promise<Certified> {
    const now = this.store.now();
    const certificate = await this.authority.certify(placement, publicKey, now, this.lasting);
    await this.store.tables
      .updateTable('enrolment')
      .set({ certified_until: now + this.lasting })
      .where('placement', '=', placement)
      .execute();
    return { certificate, renewAfter: Math.floor(this.lasting * renewedAt) };
  }
}

const keyOf = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

async function noteEnrolled(work: Work, machine: Machine, key: string): Promise<void> {
  if (machine.publicKey !== null) return;
  await work.tables
    .updateTable('enrolment')
    .set({ public_key: key, enrolled_at: work.now, refused: null })
    .where('placement', '=', machine.placement)
    .execute();
  await work.record({
    type: 'resource.agent_enrolled',
    tenant: machine.tenant,
    subject: `/compute/${machine.resource}`,
    cfp: machine.cfp,
    agreement: machine.agreement,
    message: `The agent of ${machine.title} has enrolled from ${machine.address ?? 'nowhere'}.`,
    data: { resource: machine.resource, item: machine.item, placement: machine.placement, address: machine.address },
  });
}
