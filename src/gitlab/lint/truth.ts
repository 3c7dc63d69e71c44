/** What is known of a condition before the pipeline is made: `null` where it depends on something else. */
export type Truth = boolean | null;

export function and(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

export function or(a: Truth, b: Truth): Truth {
  return not(and(not(a), not(b)));
}

export function not(a: Truth): Truth {
  return a === null ? null : !a;
}
