import axios from 'axios';
import type { Outcome } from './queue.js';
import type { WriteRequest } from './write-request.js';

const timeoutMs = 10_000;
const longestSaid = 200;

/** Posts a request: 2xx is taken, 429 and 5xx are for later, as is what cannot be reached; whatever else is refused for good (the specification, Retries & Backoff). */
export async function send(
  url: string,
  { headers, body }: WriteRequest,
  own: Readonly<Record<string, string>>,
): Promise<Outcome> {
  try {
    const {
      status,
      data,
      headers: answered,
    } = await axios.post<unknown>(url, body, {
      headers: { ...headers, ...own },
      timeout: timeoutMs,
      maxRedirects: 0,
      responseType: 'text',
      validateStatus: () => true,
    });
    if (status >= 200 && status < 300) return { is: 'taken' };
    const why = `the receiver answered ${status}: ${String(data).trim().slice(0, longestSaid)}`;
    if (status !== 429 && status < 500) return { is: 'refused', why };
    const seconds = Number(answered['retry-after']);
    return { is: 'again', why, ...(seconds > 0 && { after: seconds * 1000 }) };
  } catch (error) {
    return { is: 'again', why: error instanceof Error ? error.message : String(error) };
  }
}
