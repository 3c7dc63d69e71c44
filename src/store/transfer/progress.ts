/** Counts a transfer's bytes over its tries, so that repeated ones are reported once. Call it at the start of each try. */
export function countOnce(
  progress: ((bytes: number) => void) | undefined,
): (from: number) => (bytes: number) => void {
  let reported = 0;
  return (from) => {
    let done = from;
    return (bytes) => {
      done += bytes;
      if (done <= reported) return;

      progress?.(done - reported);
      reported = done;
    };
  };
}
