import axios, { type AxiosResponse } from 'axios';

export interface Entity {
  readonly kind: string;
  readonly id: string;
  readonly title?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: readonly unknown[];
}

/** A client as any other, over HTTP. */
export class Client {
  constructor(private readonly url: string) {}

  async request(
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<AxiosResponse<unknown>> {
    return await axios.request({
      method,
      url: new URL(path, this.url).href,
      headers: { accept: 'application/occi+json', ...headers },
      validateStatus: () => true,
      ...(body === undefined ? {} : { data: body }),
      transformRequest: (data: unknown) => data,
    });
  }

  /** @returns the id of the new call. */
  async submit(document: string, type = 'application/yaml'): Promise<string> {
    const answer = await this.request('POST', '/cfp/', document, { 'content-type': type });
    if (answer.status !== 201) throw new Error(`POST /cfp/ answered ${String(answer.status)}: ${JSON.stringify(answer.data)}`);
    return String(answer.headers.location).split('/').at(-1) ?? '';
  }

  async get(path: string): Promise<Entity> {
    const answer = await this.request('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${String(answer.status)}: ${JSON.stringify(answer.data)}`);
    return answer.data as Entity;
  }

  async list(path: string): Promise<readonly Entity[]> {
    const answer = await this.request('GET', path);
    return (answer.data as { resources?: readonly Entity[] }).resources ?? [];
  }

  async act(path: string, action: string): Promise<void> {
    const answer = await this.request('POST', `${path}?action=${action}`);
    if (answer.status !== 200)
      throw new Error(`POST ${path}?action=${action} answered ${String(answer.status)}: ${JSON.stringify(answer.data)}`);
  }

  async cfpState(id: string): Promise<string> {
    return String((await this.get(`/cfp/${id}`)).attributes['agency.cfp.state']);
  }

  /** Waits until the call is in one of the states; ends at once with an error when it can get there no more. */
  async cfpReaches(id: string, ...wanted: readonly string[]): Promise<Entity> {
    return await eventually(async () => {
      const cfp = await this.get(`/cfp/${id}`);
      const state = String(cfp.attributes['agency.cfp.state']);
      if (wanted.includes(state)) return cfp;
      if (endStates.includes(state))
        throw new Final(`The call is ${state}: ${String(cfp.attributes['agency.cfp.state.message'])}`);
      throw new Error(`The call is ${state}, not yet ${wanted.join(' or ')}`);
    });
  }

  async proposalsOf(cfp: string): Promise<readonly Entity[]> {
    const all = await this.list('/proposal/');
    return all
      .filter((proposal) => proposal.attributes['agency.proposal.cfp'] === cfp)
      .sort((a, b) => Number(a.attributes['agency.proposal.rank']) - Number(b.attributes['agency.proposal.rank']));
  }

  async computesOf(cfp: string): Promise<readonly Entity[]> {
    return (await this.list('/compute/')).filter((compute) => compute.attributes['agency.cfp'] === cfp);
  }

  async agreementOf(cfp: string): Promise<Entity> {
    const agreement = (await this.list('/agreement/')).filter((one) => one.attributes['agency.agreement.cfp'] === cfp).at(-1);
    if (!agreement) throw new Error(`There is no agreement for the call ${cfp}`);
    return agreement;
  }
}

const endStates = ['refused', 'rejected', 'expired', 'cancelled', 'failed', 'fulfilled', 'proposed'];

/** A state that no waiting will change. */
class Final extends Error {}

/** Asks again and again until the check passes; its last error when that does not happen in time. */
export async function eventually<T>(check: () => Promise<T>, withinMs = 45_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (error instanceof Final || Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
