import type { VendorHttp } from '../../vendor/http.js';
import { isSuccess, malformed, refusalOf } from '../../vendor/refusal.js';
import { parseXml, type XmlElement } from '../../vendor/xml.js';
import { readRpcAnswer, rpcCall, type RpcValue } from '../../vendor/xml-rpc.js';
import { failureOf, faultFailure } from './errors.js';
import { type Call, readRelease, type Release } from './release.js';

export interface OneAccount {
  /** `http://host:2633/RPC2` */
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
}

/** OpenNebula's XML-RPC: the session comes first, and an answer is [done, what or why not, error code] (XML-RPC API). */
export class OneRpc {
  private known: Promise<Release> | undefined;

  constructor(
    private readonly http: VendorHttp,
    private readonly account: OneAccount,
  ) {}

  /** Asks for what can be asked twice. */
  async read(method: string, ...args: Call['args']): Promise<RpcValue> {
    return await this.call({ method, args }, true);
  }

  /** The document that a method of the `info` kind answers with. */
  async document(root: string, method: string, ...args: Call['args']): Promise<XmlElement> {
    const value = await this.read(method, ...args);
    if (typeof value !== 'string') throw malformed(`${method} answered without a document`);
    return parseXml(value, root);
  }

  /** Asks for what may not be asked twice. */
  async do(call: Call): Promise<RpcValue> {
    return await this.call(call, false);
  }

  /** Does what makes something, and gives its number. */
  async make(call: Call): Promise<string> {
    const id = await this.do(call);
    if (typeof id !== 'number') throw malformed(`${call.method} answered without a number`);
    return String(id);
  }

  /** Asked once; again after a failure. */
  async release(): Promise<Release> {
    this.known ??= this.read('one.system.version').then((value) => readRelease(written(value)));
    try {
      return await this.known;
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  close(): void {
    this.http.close();
  }

  private async call({ method, args }: Call, idempotent: boolean): Promise<RpcValue> {
    const { endpoint, username, password } = this.account;
    const answer = await this.http.send({
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: rpcCall(method, [`${username}:${password}`, ...args]),
      scope: endpoint,
      idempotent,
    });
    if (!isSuccess(answer)) throw refusalOf(answer);
    const told = readRpcAnswer(answer.body);
    if ('fault' in told) throw faultFailure(told.fault.code, told.fault.message);
    return outcomeOf(method, told.value);
  }
}

/** Releases before 3.0 leave the error code out, later ones may add to it. */
function outcomeOf(method: string, answer: RpcValue): RpcValue {
  if (!isList(answer) || typeof answer[0] !== 'boolean')
    throw malformed(`${method} answered with something else than an outcome`);
  const [done, value = null, code] = answer;
  if (done) return value;
  throw failureOf(typeof code === 'number' ? code : 0, written(value));
}

const written = (value: RpcValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

const isList = (value: RpcValue): value is readonly RpcValue[] => Array.isArray(value);
