import { catalogOf } from './catalogs.js';
import { organizationId, types, vdcId, vmIdOf } from './names.js';
import type { Setting } from './service.js';
import { hardwareOf, sizeCalled, templateSize } from './sizes.js';
import { timeOf } from './tasks.js';
import { type Template, templatesIn } from './templates.js';
import { type FoundVApp, vAppsIn } from './vapps.js';
import { isDeployed, statusOf } from './vm-view.js';

/** An attribute each; every record of a type has the same. */
export type Fields = Readonly<Record<string, string | number | boolean>>;

interface QueryType {
  /** The element of a record, and of a reference. */
  readonly record: string;
  readonly reference: string;
  readonly media: string;
  records(setting: Setting): Fields[];
}

const vAppFields = (setting: Setting, found: FoundVApp): Fields => ({
  name: found.instance.name,
  href: `${setting.base}/vApp/${found.vApp.id}`,
  status: statusOf(found.instance).words,
  isBusy: found.instance.change !== null,
  isDeployed: isDeployed(found),
  isEnabled: true,
  isExpired: false,
  isInMaintenanceMode: false,
  creationDate: timeOf(found.instance.createdAt),
  ownerName: `${setting.cloud.name}-user`,
  vdc: `${setting.base}/vdc/${vdcId(setting.cloud, found.instance.region)}`,
  vdcName: found.instance.region,
});

const vmFields = (setting: Setting, found: FoundVApp): Fields => {
  const { cores, memoryMb } = hardwareOf(setting, found.instance);
  return {
    name: found.vApp.vm.name,
    href: `${setting.base}/vApp/${vmIdOf(found.vApp.id)}`,
    status: statusOf(found.instance).words,
    isDeployed: isDeployed(found),
    isDeleted: false,
    isVAppTemplate: false,
    numberOfCpus: cores,
    memoryMB: memoryMb,
    guestOs: 'Other Linux (64-bit)',
    container: `${setting.base}/vApp/${found.vApp.id}`,
    containerName: found.instance.name,
    vdc: `${setting.base}/vdc/${vdcId(setting.cloud, found.instance.region)}`,
  };
};

const templateFields = (setting: Setting, { id, name, region, saved, createdAt }: Template): Fields => ({
  name,
  href: `${setting.base}/vAppTemplate/${id}`,
  status: saved?.change ? 'UNRESOLVED' : 'RESOLVED',
  isBusy: saved?.change != null,
  isPublished: saved === null,
  isDeployed: false,
  isEnabled: true,
  catalogName: catalogOf(setting, id) ?? '',
  creationDate: timeOf(createdAt),
  vdc: `${setting.base}/vdc/${vdcId(setting.cloud, region)}`,
  vdcName: region,
});

/** The machine in a template is a machine to the query too. */
const templateVmFields = (setting: Setting, { id, name, region, saved }: Template): Fields => {
  const { vcpus, memoryGib } = sizeCalled(setting, region, saved?.labels.size ?? templateSize);
  return {
    name,
    href: `${setting.base}/vAppTemplate/${vmIdOf(id)}`,
    status: 'POWERED_OFF',
    isDeployed: false,
    isDeleted: false,
    isVAppTemplate: true,
    numberOfCpus: vcpus,
    memoryMB: memoryGib * 1024,
    guestOs: 'Other Linux (64-bit)',
    container: `${setting.base}/vAppTemplate/${id}`,
    containerName: name,
    vdc: `${setting.base}/vdc/${vdcId(setting.cloud, region)}`,
  };
};

const isMade = ({ instance }: FoundVApp): boolean => instance.state !== 'booting' && instance.state !== 'error';

/** 1.5, table 9-1: the types that are of use to somebody who runs machines. */
export const queryTypes: Readonly<Record<string, QueryType>> = {
  vApp: {
    record: 'VAppRecord',
    reference: 'VAppReference',
    media: types.vApp,
    records: (setting) => vAppsIn(setting).map((found) => vAppFields(setting, found)),
  },
  vm: {
    record: 'VMRecord',
    reference: 'VMReference',
    media: types.vm,
    records: (setting) => [
      ...templatesIn(setting).map((template) => templateVmFields(setting, template)),
      ...vAppsIn(setting)
        .filter(isMade)
        .map((found) => vmFields(setting, found)),
    ],
  },
  vAppTemplate: {
    record: 'VAppTemplateRecord',
    reference: 'VAppTemplateReference',
    media: types.vAppTemplate,
    records: (setting) => templatesIn(setting).map((template) => templateFields(setting, template)),
  },
  orgVdc: {
    record: 'OrgVdcRecord',
    reference: 'OrgVdcReference',
    media: types.vdc,
    records: ({ base, cloud }) =>
      cloud.profile.regions.map(({ region }) => ({
        name: region,
        href: `${base}/vdc/${vdcId(cloud, region)}`,
        isEnabled: true,
        status: 'READY',
        orgHref: `${base}/org/${organizationId(cloud)}`,
      })),
  },
};
