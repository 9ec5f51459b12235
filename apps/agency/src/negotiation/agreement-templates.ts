import { type AgreementTemplates, readTemplate } from '@cloud-agency/sla';
import { readdirSync, readFileSync } from 'node:fs';

/** The agreement templates of a folder: every `*.xml` in it. @throws AgencyError invalid-document or unsupported, when one of them is wrong. */
export function readTemplates(folder: URL): AgreementTemplates {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .sort();
  const templates = files.map((name) => readTemplate(readFileSync(new URL(name, folder), 'utf8')));
  return new Map(templates.map((template) => [template.id, template]));
}
