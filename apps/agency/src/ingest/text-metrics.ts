import { AgencyError } from '@cloud-agency/errors';
import { readOpenMetrics } from '@cloud-agency/sla';
import { type TakesFigures, tooMany } from './ingest.js';
import { type Push, type PushAnswer, unpacked } from './push.js';

/** Answers POST /v1/openmetrics: OpenMetrics text, or Prometheus' own where Content-Type does not say so. @throws AgencyError. */
export async function takeText(ingest: TakesFigures, push: Push): Promise<PushAnswer> {
  const seconds = push.headers['content-type']?.toLowerCase().startsWith('application/openmetrics-text') ?? false;
  ingest.begin(push.from);
  const { series, wrong, isTooLong } = readOpenMetrics((await unpacked(push)).toString(), { seconds });
  if (isTooLong) throw tooMany();
  if (series.length === 0 && wrong)
    throw new AgencyError('invalid-request', {
      message: `Line ${String(wrong.line)} is no sample of OpenMetrics: ${wrong.text}`,
    });
  const machine = await ingest.machineFor(push.from, push.query.get('resource') ?? undefined);
  const { taken, refused } = await ingest.take(machine, series);
  const unread = wrong ? [`${String(wrong.count)} lines not understood, the first is ${String(wrong.line)}: ${wrong.text}`] : [];
  const said = [`${String(taken)} taken`, ...refused.map((one) => `refused: ${one}`), ...unread];
  return { status: 200, type: 'text/plain; charset=utf-8', headers: {}, body: Buffer.from(`${said.join('\n')}\n`) };
}
