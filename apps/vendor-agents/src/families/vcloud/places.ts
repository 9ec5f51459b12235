import { VendorError } from '../../vendor/vendor-error.js';
import { list, type XmlElement } from '../../vendor/xml.js';
import type { VcloudApi } from './api.js';
import { linksTo, type Reference, referenceOf } from './references.js';

/**
 * The virtual data centers of an organization, which are its regions: login → organizations → organization → vdc. Links alone lead
 * there (vCloud API Programming Guide 1.5, "Exploring a Cloud"); what was found is kept until a name is missed.
 */
export class Places {
  private known: Promise<readonly Reference[]> | undefined;

  constructor(
    private readonly api: VcloudApi,
    /** The organizations that the login, or a link of it, leads to. */
    private readonly organizations: (welcome: XmlElement) => Promise<readonly Reference[]>,
    /** The one to use, by its name; undefined: the first. */
    private readonly organization: string | undefined,
  ) {}

  async names(): Promise<readonly string[]> {
    return (await this.explore()).map(({ name }) => name);
  }

  /** @throws VendorError not-found when there is no vdc of that name. */
  async href(region: string): Promise<string> {
    const find = (found: readonly Reference[]): Reference | undefined => found.find(({ name }) => name === region);
    const vdc = find(await (this.known ??= this.explore())) ?? find(await this.explore());
    if (vdc) return vdc.href;
    throw new VendorError('not-found', `the organization has no virtual data center '${region}'`);
  }

  async vdc(region: string): Promise<XmlElement> {
    return await this.api.call({ method: 'GET', at: await this.href(region), roots: ['Vdc'] });
  }

  /** The organization itself, as it is now. */
  async org(): Promise<XmlElement> {
    const found = await this.organizations(await this.api.welcome());
    const own = found.find(({ name }) => name === this.organization) ?? found[0];
    if (!own) throw new VendorError('forbidden', 'the account belongs to no organization');
    return await this.api.call({ method: 'GET', at: own.href, roots: ['Org'] });
  }

  private explore(): Promise<readonly Reference[]> {
    const exploring = this.org().then((org) => linksTo(org, 'vdc'));
    this.known = exploring;
    exploring.catch(() => {
      this.known = undefined;
    });
    return exploring;
  }
}

/** vCloud Director: the session links to the list. */
export const listedOrganizations =
  (api: VcloudApi) =>
  async (welcome: XmlElement): Promise<readonly Reference[]> => {
    const [link] = linksTo(welcome, 'orgList');
    const orgs = await api.call({ method: 'GET', at: link?.href ?? '/org/', roots: ['OrgList'] });
    return list(orgs, [], 'Org').map(referenceOf);
  };

/** vCloud Express: the login is answered with the list. */
export const welcomingOrganizations = (welcome: XmlElement): Promise<readonly Reference[]> =>
  Promise.resolve(list(welcome, [], 'Org').map(referenceOf));
