import type { Account } from '@cloud-agency/runtime';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { XMLParser } from 'fast-xml-parser';
import { credentialOf, endpointOf, present, until } from './harness.js';

/** A document as fast-xml-parser has it: attributes as `@name`, prefixes left out; what may be several is a list. */
export type Document = Readonly<Record<string, unknown>>;

const lists = new Set(['Link', 'CatalogItem', 'ResourceEntity', 'Vm', 'Item', 'VAppRecord', 'VMRecord', 'MetadataEntry', 'Task']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name, path) => String(path).includes('.') && lists.has(name),
});

export const read = ({ data }: AxiosResponse<string>): Document => parser.parse(data) as Document;

/** What is at a path; undefined where there is nothing. */
export const at = (document: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((node, name) => (node as Record<string | number, unknown> | undefined)?.[name], document);

const media = (type: string): string => `application/vnd.vmware.vcloud.${type}+xml`;
const xmlns = 'xmlns="http://www.vmware.com/vcloud/v1.5" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"';

/** What a client of a vCloud does all the time, following the links that it is given. */
export class VCloudClient {
  private constructor(
    readonly http: AxiosInstance,
    readonly vdc: string,
    readonly catalogs: readonly string[],
  ) {}

  static async open(account: Account): Promise<VCloudClient> {
    const login = await logIn(account);
    const http = axios.create({
      headers: {
        accept: 'application/*+xml;version=1.5',
        'x-vcloud-authorization': String(login.headers['x-vcloud-authorization']),
      },
      validateStatus: () => true,
      proxy: false,
    });
    const organizations = await http.get<string>(hrefOf(read(login), 'Session', 'orgList'));
    const organization = read(await http.get<string>(String(at(read(organizations), 'OrgList', 'Org', '@href'))));
    return new VCloudClient(http, hrefOf(organization, 'Org', 'vdc'), hrefsOf(organization, 'Org', 'catalog'));
  }

  get(href: string): Promise<AxiosResponse<string>> {
    return this.http.get<string>(href);
  }

  send(method: 'POST' | 'PUT', href: string, type: string, body: string): Promise<AxiosResponse<string>> {
    return this.http.request<string>({ method, url: href, data: body, headers: { 'content-type': media(type) } });
  }

  /** The template of a portable name, by way of the catalogs. */
  async template(name: string): Promise<string> {
    for (const catalog of this.catalogs) {
      const items = at(read(await this.get(catalog)), 'Catalog', 'CatalogItems', 'CatalogItem') as Document[] | undefined;
      const item = items?.find((candidate) => candidate['@name'] === name);
      if (item) return String(at(read(await this.get(String(item['@href']))), 'CatalogItem', 'Entity', '@href'));
    }
    throw new Error(`There is no template ${name}`);
  }

  async network(): Promise<string> {
    return String(at(read(await this.get(this.vdc)), 'Vdc', 'AvailableNetworks', 'Network', '@href'));
  }

  async instantiate(name: string, more: { powerOn?: boolean; template?: string } = {}): Promise<AxiosResponse<string>> {
    const template = more.template ?? (await this.template('debian-12'));
    const config = `<NetworkConfig networkName="VM Network"><Configuration><ParentNetwork href="${await this.network()}"/><FenceMode>bridged</FenceMode></Configuration></NetworkConfig>`;
    const body =
      `<InstantiateVAppTemplateParams ${xmlns} name="${name}" deploy="${more.powerOn ?? false}" powerOn="${more.powerOn ?? false}">` +
      `<Description>shop</Description><InstantiationParams><NetworkConfigSection><ovf:Info/>${config}</NetworkConfigSection></InstantiationParams>` +
      `<Source href="${template}"/></InstantiateVAppTemplateParams>`;
    return this.send('POST', `${this.vdc}/action/instantiateVAppTemplate`, 'instantiateVAppTemplateParams', body);
  }

  /** The address of a vApp with one virtual machine, made and in its status. */
  async made(name: string, powerOn = true): Promise<string> {
    const made = await this.instantiate(name, { powerOn });
    if (made.status !== 201) throw new Error(`${made.status} ${made.data}`);
    const href = String(at(read(made), 'VApp', '@href'));
    await this.inStatus(href, powerOn ? '4' : '8');
    return href;
  }

  async vApp(href: string): Promise<Document> {
    return read(await this.get(href)).VApp as Document;
  }

  inStatus(href: string, status: string): Promise<Document> {
    return until(
      () => this.vApp(href),
      (vApp) => vApp['@status'] === status && vApp.Tasks === undefined,
    );
  }

  machine(vApp: Document): Document {
    return present((at(vApp, 'Children', 'Vm') as Document[] | undefined)?.[0], 'virtual machine');
  }

  power(href: string, action: string): Promise<AxiosResponse<string>> {
    return this.http.post<string>(`${href}/power/action/${action}`);
  }

  undeploy(href: string, action = 'powerOff'): Promise<AxiosResponse<string>> {
    const body = `<UndeployVAppParams ${xmlns}><UndeployPowerAction>${action}</UndeployPowerAction></UndeployVAppParams>`;
    return this.send('POST', `${href}/action/undeploy`, 'undeployVAppParams', body);
  }

  /** Follows the task of an answer to its end. */
  async done(answer: AxiosResponse<string>): Promise<string> {
    const href = String(at(read(answer), 'Task', '@href'));
    const task = await until(
      async () => at(read(await this.get(href)), 'Task') as Document,
      (shown) => !['queued', 'running'].includes(String(shown['@status'])),
    );
    return String(task['@status']);
  }
}

export const logIn = (account: Account, password = credentialOf(account, 'password')): Promise<AxiosResponse<string>> =>
  axios.post<string>(`${endpointOf(account)}/sessions`, undefined, {
    auth: { username: `${credentialOf(account, 'username')}@${credentialOf(account, 'organization')}`, password },
    headers: { accept: 'application/*+xml;version=1.5' },
    validateStatus: () => true,
    proxy: false,
  });

const hrefsOf = (document: Document, root: string, type: string): string[] =>
  ((at(document, root, 'Link') ?? []) as Document[])
    .filter((link) => link['@type'] === media(type) && link['@rel'] === 'down')
    .map((link) => String(link['@href']));

const hrefOf = (document: Document, root: string, type: string): string =>
  present(hrefsOf(document, root, type)[0], `link to a ${type}`);

/** Status and minor code of a refusal. */
export const refusalOf = (answer: AxiosResponse<string>): [number, unknown] => [
  answer.status,
  at(read(answer), 'Error', '@minorErrorCode'),
];

/** An item of virtual hardware with another quantity. */
export const itemOf = (type: number, quantity: number): string =>
  '<Item xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">' +
  `<rasd:ElementName>wished</rasd:ElementName><rasd:InstanceID>${type + 1}</rasd:InstanceID>` +
  `<rasd:ResourceType>${type}</rasd:ResourceType><rasd:VirtualQuantity>${quantity}</rasd:VirtualQuantity></Item>`;

export const vcloudNamespace = xmlns;
