import type { Answer } from './message.js';

/** What a browser gets at `/`. */
export function homePage(version: string, collections: readonly string[]): Answer {
  const item = (path: string, what: string): string => `<li><a href="${path}">${path}</a> ${what}</li>`;
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Cloud Agency</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code,pre{background:#f3f3f3;padding:.1rem .3rem}</style>
<h1>Cloud Agency ${version}</h1>
<p>A cloud broker: send it a Call for Proposals, and vendors compete for it. It speaks OCCI 1.2.</p>
<pre>curl --data-binary @call.yaml -H 'Content-Type: application/yaml' /cfp/</pre>
<h2>What there is</h2>
<ul>
${collections.map((path) => item(path, '')).join('\n')}
${item('/-/', 'the categories it speaks of')}
${item('/docs', 'the whole interface, for people; <a href="/openapi.json">/openapi.json</a> for machines')}
${item('/statistics/', 'what was seen of vendors')}
${item('/events', 'what happens, live (server-sent events)')}
${item('/readyz', 'whether it is ready')}
${item('/metrics', 'its figures (Prometheus)')}
</ul>
</html>
`;
  return { status: 200, type: 'text/html; charset=utf-8', body };
}
