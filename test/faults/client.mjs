/** A client as any other, over HTTP, that tries again where an answer was lost. */
import { setTimeout as pause } from 'node:timers/promises';

const lookAgainMs = 30;

export class Client {
  constructor(url) {
    this.url = url;
  }

  /** @returns { status, body, location }; status 0 when nobody answered. */
  async ask(method, path, body) {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: { accept: 'application/occi+json', ...(body === undefined ? {} : { 'content-type': 'application/yaml' }) },
        signal: AbortSignal.timeout(20_000),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') && text !== '' ? JSON.parse(text) : undefined;
      return { status: response.status, body: json, location: response.headers.get('location') };
    } catch (error) {
      return { status: 0, body: String(error.cause?.code ?? error.message) };
    }
  }

  /** What is there, asked for until somebody answers. */
  async get(path) {
    return await until(`GET ${path} is answered`, async () => {
      const { status, body } = await this.ask('GET', path);
      if (status === 200) return body ?? {};
      const problem = `GET ${path} answered ${status}: ${JSON.stringify(body)}`;
      throw status >= 400 && status < 500 ? new Final(problem) : new Error(problem);
    });
  }

  async list(kind) {
    return (await this.get(`/${kind}/`)).resources ?? [];
  }

  /** Submits a call; when the answer got lost, looks for it by its name before it is submitted again. Resolves to its id. */
  async submit(name, document) {
    return await until(`${name} is submitted`, async () => {
      const { status, location, body } = await this.ask('POST', '/cfp/', document);
      if (status === 201) return location.split('/').at(-1);
      if (status >= 400 && status < 500) throw new Final(`POST /cfp/ answered ${status}: ${JSON.stringify(body)}`);
      return (await this.list('cfp')).find(({ title }) => title === name)?.id;
    });
  }

  async cfp(id) {
    const { attributes } = await this.get(`/cfp/${id}`);
    return { state: attributes['agency.cfp.state'], message: attributes['agency.cfp.state.message'] };
  }

  async bestProposalOf(cfp) {
    const all = (await this.list('proposal')).filter(({ attributes }) => attributes['agency.proposal.cfp'] === cfp);
    return all.find(({ attributes }) => attributes['agency.proposal.rank'] === 1)?.id;
  }

  async agreementOf(cfp) {
    return (await this.list('agreement')).findLast(({ attributes }) => attributes['agency.agreement.cfp'] === cfp)?.id;
  }

  async computeOf(cfp) {
    return (await this.list('compute')).find(({ attributes }) => attributes['agency.cfp'] === cfp);
  }

  /** Accepts the best proposal; whether a lost answer was a yes shows in the call's state. */
  async acceptBest(cfp) {
    const proposal = await this.bestProposalOf(cfp);
    await until('the proposal is accepted', async () => {
      const { status } = await this.ask('POST', `/proposal/${proposal}?action=accept`);
      if (status === 200) return true;
      const { state } = await this.cfp(cfp);
      return state === 'provisioning' || state === 'fulfilled';
    });
  }

  async remove(path) {
    await until(`${path} is deleted`, async () => [200, 204, 404].includes((await this.ask('DELETE', path)).status));
  }
}

/** What no waiting will change. */
export class Final extends Error {}

/** Asks again and again until something comes of it; what prevented it last is in the error. */
export async function until(what, ask, withinMs = 60_000) {
  const end = Date.now() + withinMs;
  let problem = 'it did not come about';
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      if (error instanceof Final) throw error;
      problem = error.message;
    }
    await pause(lookAgainMs);
  }
  throw new Error(`not within ${withinMs / 1_000} s: ${what} (${problem})`);
}
