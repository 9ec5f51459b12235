import type { Answer, FrontRequest } from './message.js';

/** RFC 7240: who asks with `Prefer: respond-async` gets 202 and where to look; the work is stored by then and goes on in any case. */
export function preferred(request: FrontRequest, answer: Answer, location: string): Answer {
  const { prefer } = request.headers;
  const wants = [prefer ?? []].flat().some((value) => /(^|[,;\s])respond-async($|[,;\s])/i.test(value));
  if (!wants) return answer;
  return {
    ...answer,
    status: 202,
    headers: { ...answer.headers, Location: request.base + location, 'Preference-Applied': 'respond-async' },
  };
}
