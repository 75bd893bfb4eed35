import { registerHooks } from 'node:module';

// Loaded before the bus (`--import`): writes a line for every module of OpenTelemetry that anything loads, but for
// the interfaces in its `api` package, which the library behind the metrics loads for itself.
registerHooks({
  load(url, context, nextLoad) {
    if (/\/@opentelemetry\/(?!api\/)/.test(url)) process.stderr.write(`telemetry module ${url}\n`);
    return nextLoad(url, context);
  },
});
