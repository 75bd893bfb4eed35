/** Default and largest size of a page. */
export interface PageBounds {
  readonly default: number;
  readonly max: number;
}

/** The size a page gets: 0 means the default, and too many are cut down rather than refused. */
export function pageSize(wanted: number, bounds: PageBounds): number {
  return wanted === 0 ? bounds.default : Math.min(wanted, bounds.max);
}
