import type { Account } from '@cloud-agency/runtime';
import axios, { type AxiosResponse } from 'axios';
import { createHmac } from 'node:crypto';
import { credentialOf, endpointOf, until } from './harness.js';

export type Fields = Readonly<Record<string, string>>;

const http = axios.create({ validateStatus: () => true, proxy: false });

/** A client as the Developer's Guide describes it. */
export class CloudStackClient {
  constructor(private readonly account: Account) {}

  /** The signed query of a command. */
  query(command: string, fields: Fields = {}, secret = credentialOf(this.account, 'secret_key')): URLSearchParams {
    const all = { command, response: 'json', apiKey: credentialOf(this.account, 'api_key'), ...fields };
    const signed = Object.entries(all)
      .map(([name, value]) => `${name.toLowerCase()}=${encodeURIComponent(value).toLowerCase()}`)
      .sort()
      .join('&');
    return new URLSearchParams({ ...all, signature: createHmac('sha1', secret).update(signed).digest('base64') });
  }

  async send<Body>(query: URLSearchParams): Promise<AxiosResponse<Body>> {
    return await http.get<Body>(`${endpointOf(this.account)}?${query.toString()}`);
  }

  async post<Body>(query: URLSearchParams): Promise<AxiosResponse<Body>> {
    return await http.post<Body>(endpointOf(this.account), query.toString(), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  /** What a command answers with, inside of `<command>response`. */
  async ask<Content>(command: string, fields: Fields = {}): Promise<Content> {
    const { data } = await this.send<Record<string, Content>>(this.query(command, fields));
    const content = data[`${command.toLowerCase()}response`];
    if (content === undefined) throw new Error(JSON.stringify(data));
    return content;
  }

  async refusal(command: string, fields: Fields = {}): Promise<{ status: number; errorcode: number; errortext: string }> {
    const { status, data } = await this.send<Record<string, { errorcode: number; errortext: string }>>(
      this.query(command, fields),
    );
    return { status, ...Object.values(data)[0]! };
  }

  /** How a job ends. */
  async job<Result>(command: string, fields: Fields = {}): Promise<Job<Result>> {
    const { jobid } = await this.ask<{ jobid: string }>(command, fields);
    return await until(
      () => this.ask<Job<Result>>('queryAsyncJobResult', { jobid }),
      ({ jobstatus }) => jobstatus !== 0,
    );
  }
}

export interface Job<Result> {
  readonly jobstatus: number;
  readonly jobresultcode: number;
  readonly jobresult: Result & { readonly errorcode?: number; readonly errortext?: string };
}
