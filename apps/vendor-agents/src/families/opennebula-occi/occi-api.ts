import type { FailureReason } from '@cloud-agency/bus';
import { createHash } from 'node:crypto';
import type { HttpCall, VendorHttp } from '../../vendor/http.js';
import { isSuccess, malformed, refusalOf } from '../../vendor/refusal.js';
import { excerpt, list, parseXml, text, type XmlElement, type XmlNode } from '../../vendor/xml.js';

export interface OcciAccount {
  /** Where `/compute` begins, without a slash at its end. */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  /** The server asks for the password itself, and not for its SHA-1. */
  readonly isPlain: boolean;
}

/** The server answers with a status and what OpenNebula said: many things are a 500 (CloudServer::HTTP_ERROR_CODE). */
const words: readonly (readonly [RegExp, FailureReason])[] = [
  [/quota/i, 'quota'],
  [/not enough|capacity|no space/i, 'no-capacity'],
  [/wrong state|cannot be changed/i, 'conflict'],
  [/bad instance type|invalid state|missing .* section/i, 'invalid-request'],
];

/** What is asked with PUT and POST is not repeated: a change of state begins again, a machine is made once more. */
export class OcciApi {
  private readonly authorization: string;

  constructor(
    private readonly http: VendorHttp,
    private readonly account: OcciAccount,
  ) {
    const { username, password, isPlain } = account;
    const secret = isPlain ? password : createHash('sha1').update(password).digest('hex');
    this.authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  }

  async get(root: string, path: string): Promise<XmlElement> {
    return parseXml(await this.call('GET', path), root);
  }

  async send(method: 'POST' | 'PUT', root: string, path: string, body: string): Promise<XmlElement> {
    return parseXml(await this.call(method, path, body), root);
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /**
   * The things of a collection, in full: `verbose` asks for that since 3.2, and whatever comes as a mere link is asked for by itself.
   * @param told an element that a thing in full has, and a link has not.
   */
  async collection(path: string, element: string, told: string): Promise<readonly XmlNode[]> {
    const all = await this.get(`${element}_COLLECTION`, `${path}?verbose=true`);
    return await Promise.all(
      list(all, [], element).map(async (entry) =>
        text(entry, told) === undefined ? await this.get(element, `${path}/${idOf(entry)}`) : entry,
      ),
    );
  }

  /** What a link to a thing is; the server reads no more of it than what follows its last slash. */
  href(path: string): string {
    return `${this.account.endpoint}${path}`;
  }

  close(): void {
    this.http.close();
  }

  private async call(method: HttpCall['method'], path: string, body?: string): Promise<string> {
    const answer = await this.http.send({
      method,
      url: this.href(path),
      headers: { authorization: this.authorization, ...(body === undefined ? {} : { 'content-type': 'text/xml' }) },
      ...(body === undefined ? {} : { body }),
      scope: this.account.endpoint,
      idempotent: method === 'GET' || method === 'DELETE',
    });
    if (isSuccess(answer)) return answer.body;
    const said = answer.body.trim();
    const reason = answer.status === 401 ? undefined : words.find(([pattern]) => pattern.test(said))?.[1];
    throw refusalOf(answer, { reason, message: said === '' ? undefined : excerpt(said) });
  }
}

/** The number of a thing, from its ID or at the end of its link. */
export function idOf(entry: XmlNode): string {
  const id = text(entry, 'ID') ?? text(entry, '@href')?.split('/').at(-1);
  if (id === undefined || id === '') throw malformed('the answer describes a thing without an ID and without a link');
  return id;
}
