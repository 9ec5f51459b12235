import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { decorated } from './decorated.js';
import type { VendorDriver } from './port.js';
import { asVendorError } from './vendor-error.js';

/**
 * A driver whose every call is a span of OpenTelemetry, `vendor.<call>`. Where no SDK has been registered with the process (docs/accounts.md)
 * spans cost next to nothing and go nowhere.
 */
export function traced(driver: VendorDriver, identity: { readonly account: string; readonly vendor: string }): VendorDriver {
  const tracer = trace.getTracer('cloud-agency.vendor-agents');
  const attributes = { 'agency.account': identity.account, 'agency.vendor': identity.vendor };
  return decorated(
    driver,
    async (call, run) =>
      await tracer.startActiveSpan(`vendor.${call}`, { kind: SpanKind.CLIENT, attributes }, async (span) => {
        try {
          return await run();
        } catch (error) {
          const { reason, message, vendorCode } = asVendorError(error);
          span.setAttributes({ 'agency.reason': reason, ...(vendorCode === null ? {} : { 'agency.vendor.code': vendorCode }) });
          span.setStatus({ code: SpanStatusCode.ERROR, message });
          throw error;
        } finally {
          span.end();
        }
      }),
  );
}
