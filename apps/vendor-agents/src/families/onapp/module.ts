import type { VendorModule } from '../../vendor/vendor-module.js';
import { OnAppDriver } from './onapp-driver.js';

/** What tells one operator of OnApp from the other. */
export type OnAppProfile = Pick<VendorModule, 'name' | 'title' | 'operator' | 'testedAgainst'> & {
  /** What is to be known of this operator beside what is true of OnApp. */
  readonly limits?: readonly string[];
  readonly sources?: readonly string[];
};

export const onAppModule = ({ limits = [], sources = [], ...profile }: OnAppProfile): VendorModule => ({
  ...profile,
  family: 'onapp',
  protocol: 'OnApp API 2.3 to 5.x, REST and JSON',
  credentials: [
    { name: 'username', title: 'user name; with an API key: e-mail address', required: true },
    { name: 'password', title: 'password or API key', required: true, secret: true },
  ],
  abilities: [
    'compute',
    'zones',
    'free-size',
    'start-stop',
    'restart',
    'suspend',
    'resize',
    'save',
    'addresses',
    'quotas',
    'prices',
    'metrics',
  ],
  limits: [
    'A control panel is one region: the account names it.',
    'A disk belongs to the virtual server that it was made for, and goes with it: there are no volumes.',
    'Networks are made by administrators only.',
    'OnApp puts every key of a user on a virtual server, or none: none is put.',
    'OnApp takes no user data, has no tags for users (a label says which machine it is), no spot market, and a screen (VNC) for a console.',
    'A disk can be made larger, not smaller.',
    'Prices are those of the billing plan’s cores, memory and disk; a plan that sells packages tells none, and the account needs a price list.',
    'Measurements are of whole hours.',
    ...limits,
  ],
  sources: [
    'OnApp API guides 2.3, 5.2 and 6.1 (docs.onapp.com): virtual servers, disks, backups, templates, IP addresses, billing plans, statistics',
    'OnApp’s PHP wrapper, for the roots and fields of its objects',
    'Not checked against a real control panel: the sentences of errors, and which lists a user may read without an administrator’s rights.',
    ...sources,
  ],
  connect(account, { http }) {
    const { username = '', password = '' } = account.credentials;
    const { endpoint = '', images = {}, regions } = account;
    const names = Array.isArray(regions) ? (regions as readonly string[]) : Object.keys(regions);
    return new OnAppDriver({ endpoint, username, password, images, regions: names }, http);
  },
});
