/** Goal: a span of the bus arrives as it was told. Method: OpenTelemetry's provider with an exporter that keeps spans. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { AlwaysOffSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createOtelTracer } from '../../src/telemetry/otel-tracer.ts';
import { createFakeClock } from '../fake-clock.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const PARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;

function open(startMs?: number, sampler = {}) {
  const clock = createFakeClock(startMs);
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ ...sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return {
    clock,
    tracer: createOtelTracer(provider.getTracer('test'), clock),
    spans: () => exporter.getFinishedSpans(),
  };
}

it.each([undefined, 5])('times are those of the clock, whenever it starts: %s', (startMs) => {
  const { clock, tracer, spans } = open(startMs);
  const startedAt = clock.now();
  const span = tracer.start('deliver', { parent: PARENT, attributes: { a: 1, list: ['x'] } });
  clock.advance(1_250);
  span.end({ attributes: { b: true } });
  const [seconds, nanos] = [Math.floor(startedAt / 1_000), (startedAt % 1_000) * 1_000_000];
  expect(spans()).toMatchObject([
    {
      name: 'deliver',
      kind: SpanKind.PRODUCER,
      startTime: [seconds, nanos],
      endTime: [seconds + 1, nanos + 250_000_000],
      attributes: { a: 1, list: ['x'], b: true },
      status: { code: SpanStatusCode.UNSET },
      parentSpanContext: { traceId: TRACE_ID, spanId: PARENT_ID, isRemote: true },
    },
  ]);
  expect(spans()[0]?.spanContext().traceId).toBe(TRACE_ID);
});

it('moments that are told count more than the clock', () => {
  const { tracer, spans } = open();
  tracer.start('task', { attributes: {}, startedAt: 1_000_500 }).end({ at: 1_002_000 });
  expect(spans()).toMatchObject([{ startTime: [1_000, 500_000_000], endTime: [1_002, 0] }]);
});

it('a span is the parent of another by its traceparent', () => {
  const { tracer, spans } = open();
  const send = tracer.start('send', { attributes: {} });
  expect(send.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  tracer.start('route', { parent: send.traceparent, attributes: {} }).end();
  send.end();
  const [route, sent] = spans();
  expect(route?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
  expect(route?.spanContext().traceId).toBe(sent?.spanContext().traceId);
});

it('what went wrong is a word, and the status of the span', () => {
  const { tracer, spans } = open();
  tracer.start('send', { attributes: {} }).end({ error: 'MAILBOX_FULL' });
  expect(spans()).toMatchObject([
    { status: { code: SpanStatusCode.ERROR, message: 'MAILBOX_FULL' }, attributes: { 'error.type': 'MAILBOX_FULL' } },
  ]);
});

it('ends once', () => {
  const { clock, tracer, spans } = open();
  const span = tracer.start('send', { attributes: {} });
  span.end();
  clock.advance(1);
  span.end({ error: 'too late' });
  expect(spans()).toMatchObject([{ status: { code: SpanStatusCode.UNSET }, duration: [0, 0] }]);
});

it.each([
  '',
  'nonsense',
  `ff-${TRACE_ID}-${PARENT_ID}-01`,
  `00-${'0'.repeat(32)}-${PARENT_ID}-01`,
  `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
  `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`,
  `00-${TRACE_ID}-${PARENT_ID}-01-more`,
])('a parent that is not valid counts as none: "%s"', (parent) => {
  const { tracer, spans } = open();
  tracer.start('send', { parent, attributes: {} }).end();
  expect(spans()).toHaveLength(1);
  expect(spans()[0]?.parentSpanContext).toBeUndefined();
});

it.each([
  { title: 'by the sampler', sampler: { sampler: new AlwaysOffSampler() }, parent: PARENT },
  { title: 'by the caller', sampler: {}, parent: PARENT.replace(/01$/, '00') },
])('a trace that is not wanted $title is passed on and not kept', ({ sampler, parent }) => {
  const { tracer, spans } = open(undefined, sampler);
  const span = tracer.start('send', { parent, attributes: {} });
  span.end();
  expect(span.traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`));
  expect(spans()).toEqual([]);
});
