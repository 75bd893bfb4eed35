/** Names that handlers wait for until they are released. */
export interface Holds {
  /** Resolves when the name is released, now or earlier. */
  released(name: string): Promise<void>;
  release(name: string): void;
}

/** Makes holds of which none is released. */
export function createHolds(): Holds {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  function gate(name: string): PromiseWithResolvers<void> {
    const known = gates.get(name) ?? Promise.withResolvers<void>();
    gates.set(name, known);
    return known;
  }
  return { released: (name) => gate(name).promise, release: (name) => gate(name).resolve() };
}
