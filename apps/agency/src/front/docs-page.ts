/** `/docs`: the OpenAPI document as a page that needs nothing else: no script, nothing from elsewhere. */
import type { JsonValue } from '@cloud-agency/occi';

type JsonObject = Readonly<Record<string, JsonValue>>;

const methods = ['get', 'post', 'put', 'delete'];
const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{background:#f3f3f3;padding:.1rem .3rem}b{display:inline-block;width:4.5rem}details{margin:.3rem 0}pre{background:#f3f3f3;padding:.5rem;overflow:auto}';

export function docsPage(document: JsonObject): string {
  const { info, paths, components } = document;
  const { title = '', version = '', description = '' } = objectAt(info);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)} API</title>
<style>${style}</style>
<h1>${escaped(title)} ${escaped(version)}</h1>
<p>${escaped(description)} The same for machines: <a href="/openapi.json">/openapi.json</a>.</p>
<h2>Paths</h2>
${Object.entries(objectAt(paths)).map(path).join('\n')}
<h2>Schemas</h2>
${Object.entries(objectAt(objectAt(components).schemas))
  .map(schema)
  .join('\n')}
</html>
`;
}

function path([name, item]: [string, JsonValue]): string {
  const operations = Object.entries(objectAt(item)).filter(([method]) => methods.includes(method));
  return `<h3><code>${escaped(name)}</code></h3>\n${operations.map(operation).join('\n')}`;
}

function operation([method, value]: [string, JsonValue]): string {
  const { summary = '', ...rest } = objectAt(value);
  return `<details><summary><b>${method.toUpperCase()}</b> ${escaped(summary)}</summary>${source(rest)}</details>`;
}

const schema = ([name, value]: [string, JsonValue]): string =>
  `<details id="${escaped(name)}"><summary><code>${escaped(name)}</code></summary>${source(value)}</details>`;

const source = (value: JsonValue): string => `<pre>${escaped(JSON.stringify(value, undefined, 2))}</pre>`;

const objectAt = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (value: JsonValue): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/[&<>"]/g, (character) => entities[character] ?? '');
