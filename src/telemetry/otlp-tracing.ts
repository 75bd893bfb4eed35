import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, type IdGenerator, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { Tracer } from '../bus/tracer.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { TRACE_LIMITS } from '../limits.ts';
import { createOtelTracer } from './otel-tracer.ts';
import { createSampler } from './sampler.ts';
import { createSeldom } from './seldom.ts';
import type { TracingSettings } from './tracing-settings.ts';

/** Traces on their way to a collector. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what waits, as far as it goes within a bound. Never rejects. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Version of this software. */
  readonly version: string;
}

/**
 * Starts sending traces by OTLP over HTTP, as JSON. Where to, with which headers, certificates and timeout, the
 * exporter reads from the variables of OpenTelemetry. A collector that is not there costs the bus nothing but a
 * bounded queue and a line in the log now and then.
 *
 * For a process of its own: it takes over what OpenTelemetry has once a process to report its problems.
 */
export function startOtlpTracing(settings: TracingSettings, options: TracingOptions): Tracing {
  const { clock, random, log, version } = options;
  const warn = (problem: string, omitted = 0): void => log.warn({ problem, omitted }, 'traces are incomplete');
  const report = createSeldom(warn, { clock, everyMs: TRACE_LIMITS.reportEveryMs });
  diag.setLogger(diagLogger(report), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  setGlobalErrorHandler((error) => report(explain(error)));
  const provider = new TracerProvider({
    resource: describeProcess(version),
    sampler: createSampler(settings, warn),
    idGenerator: createIdGenerator(random),
    spanLimits: { attributeValueLengthLimit: TRACE_LIMITS.maxAttributeLength },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        maxQueueSize: TRACE_LIMITS.maxQueuedSpans,
        maxExportBatchSize: TRACE_LIMITS.maxSpansPerExport,
        scheduledDelayMillis: TRACE_LIMITS.exportEveryMs,
      }),
    ],
  });
  return {
    tracer: createOtelTracer(provider.getTracer('agentbus', version), clock),
    stop: () =>
      new Promise((resolve) => {
        const giveUp = (): void => {
          report(`the last spans could not be sent within ${TRACE_LIMITS.stopTimeoutMs} ms`);
          resolve();
        };
        const timer = clock.setTimer(giveUp, TRACE_LIMITS.stopTimeoutMs);
        const done = (): void => {
          timer.cancel();
          resolve();
        };
        provider.shutdown().then(done, (error: unknown) => {
          report(explain(error));
          done();
        });
      }),
  };
}

/** What is the same in all spans. The operator's words come after ours, and win. */
function describeProcess(version: string): Resource {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'agentbus', 'service.version': version }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
}

function createIdGenerator(random: Random): IdGenerator {
  const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('hex');
  return { generateTraceId: () => hex(16), generateSpanId: () => hex(8) };
}

function diagLogger(report: (problem: string) => void): DiagLogger {
  const nothing = (): void => undefined;
  return { error: report, warn: report, info: nothing, debug: nothing, verbose: nothing };
}

/** A connection that is refused on both families of addresses has no message, only a code. */
function explain(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
