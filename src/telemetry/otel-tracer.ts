import {
  type HrTime,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { SpanName, Tracer } from '../bus/tracer.ts';
import type { Clock } from '../lib/clock.ts';

/** What the bus is in each: it serves who sends and settles, and hands messages on. */
const KINDS: Readonly<Record<SpanName, SpanKind>> = {
  send: SpanKind.SERVER,
  route: SpanKind.INTERNAL,
  deliver: SpanKind.PRODUCER,
  acknowledge: SpanKind.SERVER,
  task: SpanKind.INTERNAL,
};

/** The bus's tracer on OpenTelemetry's. Times are those of the clock of the bus, as in everything else it says. */
export function createOtelTracer(otel: OtelTracer, clock: Clock): Tracer {
  return {
    enabled: true,
    start(name, { parent, attributes, startedAt = clock.now() }) {
      const options = { kind: KINDS[name], attributes: mutable(attributes), startTime: hrTime(startedAt) };
      const span = otel.startSpan(name, options, contextOf(parent));
      let ended = false;
      return {
        traceparent: traceparentOf(span.spanContext()),
        end({ error, at = clock.now(), attributes: more } = {}) {
          if (ended) return;
          ended = true;
          if (more !== undefined) span.setAttributes(mutable(more));
          if (error !== undefined) {
            span.setAttribute('error.type', error);
            span.setStatus({ code: SpanStatusCode.ERROR, message: error });
          }
          span.end(hrTime(at));
        },
      };
    },
  };
}

/** Nothing but the parent: what the rest of the process does at this moment is no part of the trace. */
function contextOf(parent: string | undefined) {
  const remote = parent === undefined ? null : parseTraceParent(parent);
  return remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Seconds and nanoseconds: a plain number would be taken for a time of the process when it is small. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}

/** OpenTelemetry's types ask for arrays that may be changed; it copies them. */
function mutable(attributes: Readonly<Record<string, string | number | boolean | readonly string[]>>) {
  return attributes as Record<string, string | number | boolean | string[]>;
}
