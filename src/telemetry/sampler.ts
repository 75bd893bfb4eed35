import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { DEFAULT_SAMPLER, type TracingSettings } from './tracing-settings.ts';

const SAMPLERS: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

/**
 * The sampler that the settings name. One that is not known here is reported and replaced by the default, as
 * OpenTelemetry asks: the variables are often set for many programs at once, and none should fail to start for them.
 */
export function createSampler({ sampler, samplerArg }: TracingSettings, warn: (problem: string) => void): Sampler {
  const known = Object.hasOwn(SAMPLERS, sampler) ? SAMPLERS[sampler] : undefined;
  if (known !== undefined) return known(ratioOf(sampler, { samplerArg, warn }));
  warn(`OTEL_TRACES_SAMPLER "${sampler}" is not known; ${DEFAULT_SAMPLER} takes its place`);
  return new ParentBasedSampler({ root: new AlwaysOnSampler() });
}

interface RatioOptions {
  readonly samplerArg: string | undefined;
  warn(problem: string): void;
}

function ratioOf(sampler: string, { samplerArg, warn }: RatioOptions): number {
  if (samplerArg === undefined || !sampler.endsWith('ratio')) return 1;
  const ratio = Number(samplerArg);
  if (ratio >= 0 && ratio <= 1) return ratio;
  warn(`OTEL_TRACES_SAMPLER_ARG "${samplerArg}" is not a number from 0 to 1; 1 takes its place`);
  return 1;
}
