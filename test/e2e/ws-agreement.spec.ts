import { schemaErrors } from '../../libs/sla/test/wsag-schemas.js';
import { AgencyProcess } from '../harness/agency-process.js';
import { Client, eventually } from '../harness/client.js';

const xml = 'application/wsag+xml';
const json = 'application/wsag+json';

/** The built Agency as a client sees it that speaks WS-Agreement alone. */
describe('WS-Agreement from the template to the end of the agreement', () => {
  let agency: AgencyProcess;
  let client: Client;
  beforeAll(async () => {
    agency = await AgencyProcess.start({ clouds: ['aws', 'linode'] });
    client = new Client(agency.url);
  }, 60_000);
  afterAll(async () => {
    await agency.stopAndForget();
  });

  const shown = async (path: string): Promise<string> => {
    const answer = await client.request('GET', path, undefined, { accept: xml });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, xml]);
    return String(answer.data);
  };
  /** What a client makes of the template `one-machine`, in JSON. */
  const offer = async (cores: string): Promise<string> => {
    const { data } = await client.request('GET', '/agreement_tpl/one-machine/', undefined, { accept: json });
    const { 'wsag:Template': template } = data as { 'wsag:Template': Record<string, unknown> };
    const { '@wsag:TemplateId': id, 'wsag:CreationConstraints': constraints, 'wsag:Context': context, ...rest } = template;
    expect(constraints).toMatchObject({ 'wsag:Item': { length: 4 } });
    const filled = { ...rest, 'wsag:Context': { ...(context as object), 'wsag:TemplateId': id } };
    return JSON.stringify({ 'wsag:AgreementOffer': { ...filled, '@wsag:AgreementId': 'ours' } }).replace('>= 2', cores);
  };

  const responder = (id: string): string =>
    `<neg:ResponderAgreementEPR><wsa:Address xmlns:wsa="http://www.w3.org/2005/08/addressing">http://here/agreement/${id}</wsa:Address></neg:ResponderAgreementEPR>`;

  it('an offer outside its template is told what is outside', async () => {
    const { status, data } = await client.request('POST', '/cfp/', await offer('>= 64'), { 'content-type': json });
    expect([status, JSON.stringify(data)]).toEqual([
      400,
      expect.stringContaining(
        'resources.machine.require.cores: 64 is outside: the template one-machine wants cores >= 1 and <= 16',
      ),
    ]);
  });

  it('an offer gets counter offers, one of which becomes an agreement that tells its state', async () => {
    const posted = await client.request('POST', '/cfp/', await offer('>= 2'), { 'content-type': json, accept: xml });
    expect(posted.status).toBe(201);
    const cfp = String(posted.headers.location).split('/').at(-1) ?? '';
    await client.cfpReaches(cfp, 'proposed');
    const [best, other] = await client.proposalsOf(cfp);
    const counterOffer = await shown(`/proposal/${best!.id}`);
    expect(counterOffer).toContain(`<neg:CounterOfferTo>${cfp}</neg:CounterOfferTo>`);
    expect(counterOffer).toMatch(/<neg:State>\s*<neg:Acceptable\/>/);

    await client.act(`/proposal/${best!.id}`, 'accept');
    await client.cfpReaches(cfp, 'fulfilled');
    const { id } = await client.agreementOf(cfp);
    const running = await shown(`/agreement/${id}`);
    expect(running).toMatch(/<wsag:State>Observed<\/wsag:State>/);
    expect(running).toMatch(/<wsag:State>Ready<\/wsag:State>\s*<wsag:Processing>/);
    expect(running).toMatch(/<cfp:address>127[\d.]+<\/cfp:address>/);
    const passedOver = await shown(`/proposal/${other!.id}`);
    expect(passedOver).toMatch(/<neg:Rejected>\s*<cfp:reason>/);
    const made = await client.list('/agreement_tpl/one-machine/');
    expect(made.map((agreement) => agreement.id)).toEqual([id]);

    const again = (await shown(`/cfp/${cfp}`))
      .replace('<neg:Negotiation>', `<neg:Renegotiation>${responder(id)}`)
      .replace('</neg:Negotiation>', '</neg:Renegotiation>');
    const asked = await client.request('POST', '/cfp/', again, { 'content-type': xml });
    expect([asked.status, asked.headers.location]).toEqual([201, expect.stringMatching(/\/renegotiation\/[^/]+$/)]);
    await eventually(async () => {
      const renegotiation = await client.get(new URL(String(asked.headers.location)).pathname);
      expect(renegotiation.attributes).toMatchObject({
        'agency.renegotiation.agreement': id,
        'agency.renegotiation.state': 'proposed',
      });
    });

    await client.act(`/agreement/${id}`, 'terminate');
    const ended = await eventually(async () => {
      const text = await shown(`/agreement/${id}`);
      expect(text).toContain('<wsag:State>Terminated</wsag:State>');
      return text;
    });
    expect(ended).toContain('<wsag:State>Completed</wsag:State>');
    expect(await schemaErrors(await shown(`/cfp/${cfp}`), counterOffer, passedOver, running, ended)).toEqual([]);
  });
});
