const LOOK_EVERY_MS = 20;

/** Waits for something that must happen. Rejects, naming it, when it has not happened after `limitMs`. */
export async function until(what: string, happened: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await happened())) {
    if (performance.now() > deadline) throw new Error(`this did not happen within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
