import type { SpanAttributes, SpanName, Tracer } from '../src/bus/tracer.ts';
import type { Clock } from '../src/lib/clock.ts';

/** A span that a test can look at. */
export interface RecordedSpan {
  readonly name: SpanName;
  readonly traceparent: string;
  readonly parent: string | undefined;
  readonly startedAt: number;
  attributes: SpanAttributes;
  /** Absent while it is under way. */
  endedAt?: number;
  error?: string;
}

/** A tracer that keeps what it is told, in the order of the beginnings; spans are named `span-1`, `span-2` and so on. */
export function createRecordingTracer(clock: Clock): Tracer & { readonly spans: RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  return {
    enabled: true,
    spans,
    start(name, { parent, attributes, startedAt = clock.now() }) {
      const span: RecordedSpan = { name, traceparent: `span-${spans.length + 1}`, parent, startedAt, attributes };
      spans.push(span);
      return {
        traceparent: span.traceparent,
        end({ error, at = clock.now(), attributes: more } = {}) {
          if (span.endedAt !== undefined) throw new Error(`${name} ended twice`);
          span.endedAt = at;
          span.attributes = { ...span.attributes, ...more };
          if (error !== undefined) span.error = error;
        },
      };
    },
  };
}
