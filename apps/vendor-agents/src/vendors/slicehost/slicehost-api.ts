import type { FailureReason } from '@cloud-agency/bus';
import type { HttpAnswer, HttpCall, VendorHttp } from '../../vendor/http.js';
import { isSuccess, refusalOf } from '../../vendor/refusal.js';
import { list, parseXml, text, type XmlNode } from '../../vendor/xml.js';

/** What is refused as unprocessable is told apart by its words alone. */
const words: readonly (readonly [RegExp, FailureReason])[] = [
  [/limit|quota|maximum|exceed/i, 'quota'],
  [/capacity|no room|not enough|sold out|out of stock/i, 'no-capacity'],
  [/currently|in progress|already being|not active/i, 'conflict'],
];

/** Rails resources in XML, the API password as the user of Basic authentication ("Getting Started", "Authentication"). */
export class SlicehostApi {
  private readonly authorization: string;

  constructor(
    private readonly http: VendorHttp,
    private readonly endpoint: string,
    apiKey: string,
  ) {
    this.authorization = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`;
  }

  /** All of a collection: the API has no pages. Rails calls an empty one `nil-classes`. */
  async all(collection: string, element: string): Promise<readonly XmlNode[]> {
    return list(parseXml(await this.call('GET', `/${collection}.xml`), collection, 'nil-classes'), [], element);
  }

  async one(path: string, element: string): Promise<XmlNode> {
    return parseXml(await this.call('GET', path), element);
  }

  async create(path: string, document: string, element: string): Promise<XmlNode> {
    return parseXml(await this.call('POST', path, document), element);
  }

  /** Actions are PUT, and not repeated: a second one would begin again. */
  async act(path: string): Promise<void> {
    await this.call('PUT', path);
  }

  close(): void {
    this.http.close();
  }

  private async call(method: HttpCall['method'], path: string, body?: string): Promise<string> {
    const answer = await this.http.send({
      method,
      url: this.endpoint + path,
      headers: {
        accept: 'application/xml',
        authorization: this.authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
      },
      ...(body === undefined ? {} : { body }),
      scope: this.endpoint,
      idempotent: method === 'GET',
    });
    if (isSuccess(answer)) return answer.body;
    const message = errorsIn(answer);
    const reason = answer.status === 422 ? words.find(([pattern]) => pattern.test(message ?? ''))?.[1] : undefined;
    throw refusalOf(answer, { reason, message });
  }
}

/** `<errors><error>…</error></errors>`, as far as there are any. */
function errorsIn({ body }: HttpAnswer): string | undefined {
  try {
    const told = list(parseXml(body, 'errors'), [], 'error').flatMap((error) => text(error) ?? []);
    return told.length === 0 ? undefined : told.join('; ');
  } catch {
    return undefined;
  }
}
