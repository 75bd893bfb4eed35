const MOST_SLICES = 64;

/** The bytes in pieces of a size; what is left after many of them in one. */
export function sliced(bytes: Buffer, size: number): Uint8Array[] {
  const starts = Array.from(
    { length: Math.min(MOST_SLICES, Math.ceil(bytes.length / size)) },
    (_, index) => index * size,
  );
  return starts.map((start, index) => bytes.subarray(start, index === starts.length - 1 ? bytes.length : start + size));
}
