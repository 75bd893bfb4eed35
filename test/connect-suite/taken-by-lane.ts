/** The line that the server under test writes to its standard error for each call that the lane takes. */
export const TAKEN_BY_LANE = 'taken by the lane';
