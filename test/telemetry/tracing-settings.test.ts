/** Goal: traces are sent when the usual variables say so, and only then. Method: environments in, settings out. */
import { expect, it } from 'vitest';
import { parseTracingSettings } from '../../src/telemetry/tracing-settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const DEFAULTS = { sampler: 'parentbased_always_on' };

it.each([
  { title: 'nothing', env: {}, settings: undefined },
  { title: 'a name alone', env: { OTEL_SERVICE_NAME: 'bus' }, settings: undefined },
  { title: 'an empty endpoint', env: { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, settings: undefined },
  { title: 'an endpoint', env: ENDPOINT, settings: DEFAULTS },
  { title: 'one for traces', env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/v1/traces' }, settings: DEFAULTS },
  { title: 'disabled', env: { ...ENDPOINT, OTEL_SDK_DISABLED: 'True' }, settings: undefined },
  { title: 'not disabled', env: { ...ENDPOINT, OTEL_SDK_DISABLED: 'false' }, settings: DEFAULTS },
  { title: 'no exporter for traces', env: { ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, settings: undefined },
  {
    title: 'a sampler',
    env: { ...ENDPOINT, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    settings: { sampler: 'traceidratio', samplerArg: '0.1' },
  },
])('an environment with $title', ({ env, settings }) => {
  expect(parseTracingSettings(env)).toEqual(settings);
});
