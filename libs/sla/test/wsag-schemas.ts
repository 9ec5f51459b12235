import { readFileSync } from 'node:fs';
import { validateXML, type XMLFileInfo } from 'xmllint-wasm';

const shipped = (name: string): string => readFileSync(`data/wsag/${name}`, 'utf8');
const file = (fileName: string, contents: string): XMLFileInfo => ({ fileName, contents });

const stub = (namespace: string, type: string): string =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="${namespace}"><xs:complexType name="${type}"><xs:sequence><xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:schema>`;

const local = (schema: string): string =>
  schema
    .replace(/<xsd?:import namespace="http:\/\/www\.w3\.org\/2001\/XMLSchema"\s*schemaLocation="[^"]*"\s*\/>/, '')
    .replaceAll('http://www.w3.org/2005/08/addressing/ws-addr.xsd', 'addressing.xsd')
    .replaceAll('http://docs.oasis-open.org/wsrf/bf-2.xsd', 'faults.xsd');

/** Any facet may stand in an ItemConstraint: the model group that says which is in the schema of schemas. */
const agreement = local(shipped('ws-agreement-xsd-types.xsd')).replace(
  /<xs:choice minOccurs="0">\s*<xs:group[\s\S]*?<\/xs:choice>/,
  '<xs:sequence><xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>',
);
const wsag = 'http://schemas.ggf.org/graap/2007/03/ws-agreement';
const neg = 'http://schemas.ogf.org/graap/2009/11/ws-agreement-negotiation';
const cfp = 'http://schemas.cloud-agency.dev/wsag/cfp';
const all = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:import namespace="${wsag}" schemaLocation="agreement-properties.xsd"/>
  <xs:import namespace="${neg}" schemaLocation="ws-agreement-negotiation-types.xsd"/>
  <xs:import namespace="${cfp}" schemaLocation="cloud-agency-cfp.xsd"/>
</xs:schema>`;

/** What the schemas that ship say against a document; they are all loaded, so that nothing is merely skipped. */
export async function schemaErrors(...documents: readonly string[]): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: documents.map((document, index) => file(`document-${index + 1}.xml`, document)),
    schema: [file('all.xsd', all)],
    preload: [
      file('ws-agreement-xsd-types.xsd', agreement),
      file('ws-agreement-state-xsd-types.xsd', shipped('ws-agreement-state-xsd-types.xsd')),
      file('agreement-properties.xsd', shipped('agreement-properties.xsd')),
      file('ws-agreement-negotiation-types.xsd', local(shipped('ws-agreement-negotiation-types.xsd'))),
      file('cloud-agency-cfp.xsd', shipped('cloud-agency-cfp.xsd')),
      file('addressing.xsd', stub('http://www.w3.org/2005/08/addressing', 'EndpointReferenceType')),
      file('faults.xsd', stub('http://docs.oasis-open.org/wsrf/bf-2', 'BaseFaultType')),
    ],
    initialMemoryPages: 512,
    maxMemoryPages: 4096,
  });
  return errors.map(({ loc, message }) => `${loc?.lineNumber ?? '?'}: ${message}`);
}
