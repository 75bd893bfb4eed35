/** Goal: OTEL_TRACES_SAMPLER means what it means everywhere. Method: each name, asked about traces that begin and that go on. */
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createSampler } from '../../src/telemetry/sampler.ts';

const LOW = '00000001000000000000000000000000';
const HIGH = 'ffffffff000000000000000000000000';
const NONE = 'none of the caller';

function samples(settings: { sampler: string; samplerArg?: string }, traceId: string, flags: number | typeof NONE) {
  const problems: string[] = [];
  const sampler = createSampler(settings, (problem) => problems.push(problem));
  const caller = { traceId, spanId: 'b7ad6b7169203331', traceFlags: Number(flags), isRemote: true };
  const context = flags === NONE ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
  const { decision } = sampler.shouldSample(context, traceId, 'send', SpanKind.SERVER, {}, []);
  return { sampled: decision === SamplingDecision.RECORD_AND_SAMPLED, problems };
}

it.each([
  { sampler: 'always_on', flags: 0, sampled: true },
  { sampler: 'always_off', flags: 1, sampled: false },
  { sampler: 'traceidratio', samplerArg: '0.5', traceId: LOW, flags: 0, sampled: true },
  { sampler: 'traceidratio', samplerArg: '0.5', traceId: HIGH, flags: 1, sampled: false },
  { sampler: 'traceidratio', traceId: HIGH, flags: NONE, sampled: true },
  { sampler: 'parentbased_always_on', flags: NONE, sampled: true },
  { sampler: 'parentbased_always_on', flags: 0, sampled: false },
  { sampler: 'parentbased_always_off', flags: NONE, sampled: false },
  { sampler: 'parentbased_always_off', flags: 1, sampled: true },
  { sampler: 'parentbased_traceidratio', samplerArg: '0.5', traceId: HIGH, flags: 1, sampled: true },
  { sampler: 'parentbased_traceidratio', samplerArg: '0.5', traceId: HIGH, flags: NONE, sampled: false },
] as const)('$sampler $samplerArg, caller $flags: $sampled', ({ flags, sampled, ...settings }) => {
  const traceId = 'traceId' in settings ? settings.traceId : LOW;
  expect(samples(settings, traceId, flags)).toEqual({ sampled, problems: [] });
});

it.each([
  { sampler: 'jaeger_remote' },
  { sampler: 'constructor' },
  { sampler: 'traceidratio', samplerArg: 'half' },
  { sampler: 'traceidratio', samplerArg: '2' },
])('what is not known is reported and samples all: $sampler $samplerArg', (settings) => {
  expect(samples(settings, HIGH, NONE)).toEqual({ sampled: true, problems: [expect.stringContaining('OTEL_TRACES')] });
});
