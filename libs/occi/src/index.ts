export { checkAttributes } from './check-attributes.js';
export { checkedChange, checkedDraft, checkedReplacement } from './check-entity.js';
export { assertMixinsApply } from './check-mixins.js';
export {
  agreedId,
  brokeredId,
  calledId,
  cfpId,
  policyId,
  proposalId,
  vendorId,
  messageId,
  violationId,
  renegotiationId,
  webhookId,
} from './extensions/agency.js';
export { entityId, linkId, resourceId } from './extensions/core.js';
export {
  computeId,
  networkId,
  networkinterfaceId,
  osTemplateId,
  resourceTemplateId,
  storageId,
  ipInterfaceId,
  storagelinkId,
} from './extensions/infrastructure.js';
export {
  aggregatorId,
  aggregators,
  collectorId,
  metricId,
  metrics,
  observedId,
  publisherId,
  publishers,
  sensorId,
} from './extensions/monitoring.js';
export { agreementTemplateMixin, imageOfTemplate } from './extensions/templates.js';
export { agreementId, agreementTermId } from './extensions/sla.js';
export type { AttributeDefinition } from './model/attribute.js';
export {
  type Action,
  type Category,
  type CategoryDeclaration,
  type CategoryRef,
  type Extension,
  type Kind,
  type Mixin,
  action,
  categoryId,
  kind,
  mixin,
} from './model/category.js';
export type { ActionCall, Entity, EntityChange, EntityDraft, LinkRef } from './model/entity.js';
export type { JsonScalar, JsonValue } from './model/json.js';
export { type Abilities, openApi, type OpenApiOptions } from './openapi.js';
export { parsedJson } from './json-text.js';
export { Registry, standardRegistry } from './registry.js';
export { type Field, fromBody, fromHeaders, type ReceivedField, toBody, toHeaders } from './renderings/fields.js';
export { actionFromJson, changeFromJson, entityFromJson, locationsFromJson } from './renderings/json-reader.js';
export { mixinsFromJson } from './renderings/json-mixins.js';
export { categoriesJson, collectionJson, type CollectionMembers, entityJson } from './renderings/json-writer.js';
export { readAction, readCategories, readChange, readEntity, readFields, type TextContent } from './renderings/text-reader.js';
export { categoryFields, entityFields, isStructured, lastWord, locationFields } from './renderings/text-writer.js';
export { urisFrom, uriList } from './renderings/uri-list.js';
export { newTags } from './tags.js';
