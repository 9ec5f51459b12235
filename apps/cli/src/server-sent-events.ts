export interface ServerSentEvent {
  readonly event: string;
  readonly id: string;
  /** Empty: the number alone. */
  readonly data: string;
}

/** Reads a stream of server-sent events (WHATWG HTML, 9.2.6). Comments are passed over; a number without data says where to go on. */
export async function* serverSentEvents(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let fields = new Map<string, string[]>();
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') {
        addField(fields, line);
        continue;
      }
      const event = eventOf(fields);
      fields = new Map();
      if (event) yield event;
    }
  }
}

function addField(fields: Map<string, string[]>, line: string): void {
  const colon = line.indexOf(':');
  if (colon === 0) return;
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  fields.set(name, [...(fields.get(name) ?? []), value]);
}

function eventOf(fields: ReadonlyMap<string, readonly string[]>): ServerSentEvent | undefined {
  const data = fields.get('data') ?? [];
  const id = fields.get('id')?.at(-1) ?? '';
  if (data.length === 0 && id === '') return undefined;
  return { event: fields.get('event')?.at(-1) ?? 'message', id, data: data.join('\n') };
}
