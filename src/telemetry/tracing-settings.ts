/** How traces leave the process, as far as the OpenTelemetry exporter does not read it from the environment itself. */
export interface TracingSettings {
  /** A name of `OTEL_TRACES_SAMPLER`. */
  readonly sampler: string;
  /** `OTEL_TRACES_SAMPLER_ARG`, which says more about some samplers. */
  readonly samplerArg?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What OpenTelemetry calls its default: as the caller decided; everything where there is no caller. */
export const DEFAULT_SAMPLER = 'parentbased_always_on';

/**
 * Reads the variables that every OpenTelemetry program understands. Undefined unless they name a collector: traces
 * that go nowhere would cost their time for nothing.
 */
export function parseTracingSettings(env: Environment): TracingSettings | undefined {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const endpoint = text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? text('OTEL_EXPORTER_OTLP_ENDPOINT');
  const isOff = text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || text('OTEL_TRACES_EXPORTER') === 'none';
  if (endpoint === undefined || isOff) return undefined;
  const samplerArg = text('OTEL_TRACES_SAMPLER_ARG');
  return {
    sampler: text('OTEL_TRACES_SAMPLER') ?? DEFAULT_SAMPLER,
    ...(samplerArg !== undefined && { samplerArg }),
  };
}
