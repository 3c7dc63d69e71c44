/** Bytes of the model times elements of the input: a few hundredths of a second, and part of what the references' cases cost. */
const ROOM = { cost: 3e12, part: 0.2 };

/**
 * What validation may run beyond the references' cases: it shall not take twice as long as they do. The cost is
 * estimated, not measured, so that the same model gives the same verdict.
 */
export interface Budget {
  /** There is room for what is good to have. */
  hasRoom(): boolean;
  /** Elements of inputs that may be fed where nothing says what the references' cases cost. */
  readonly elements: number;
  /** Notes elements of an input that one of the references' cases feeds. */
  allow(elements: number): void;
  /** Notes elements of an input that is fed beyond the references' cases. */
  spend(elements: number): void;
}

/** `bytes` is the size of the model with its external data. */
export function createBudget(bytes: number): Budget {
  let cases = 0;
  let beyond = 0;

  return {
    hasRoom: () => beyond < ROOM.cost + ROOM.part * cases,
    elements: ROOM.cost / bytes,
    allow(elements) {
      cases += bytes * elements;
    },
    spend(elements) {
      beyond += bytes * elements;
    },
  };
}
