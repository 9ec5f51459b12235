import { agentMetrics, type ResourceAgent } from './call.js';
import { choice, flag, mapping, oneOrMore, type Reader, text } from './fields.js';
import { span } from './spans.js';

const usualMs = 10_000;

/** `true`, or what it is to do: `{ every: 10 s, metrics: [cpu_utilisation], openmetrics: http://127.0.0.1:9100/metrics }`. */
export const resourceAgent: Reader<ResourceAgent> = (source, problems) => {
  if (source.kind !== 'scalar') return told(source, problems);
  return flag(source, problems) === true ? { every: usualMs } : undefined;
};

const told = mapping<ResourceAgent>((fields) => {
  const every = fields.optional('every', span(1000, 'at least 1 s')) ?? usualMs;
  const metrics = fields.optional('metrics', oneOrMore(choice(agentMetrics)));
  const openmetrics = fields.optional('openmetrics', localUrl);
  return { every, ...(metrics && { metrics: [...new Set(metrics)] }), ...(openmetrics !== undefined && { openmetrics }) };
});

/** Read by the machine of itself, so nothing but itself; and what a shell could take for more than a URL is none. */
const localUrl: Reader<string> = text(500, {
  matches: /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/[\w./?&=%-]*$/,
  wanted: 'a URL on the machine itself, e.g. http://127.0.0.1:9100/metrics',
});
