/** Memory of small files on their way. Both threads see it, and it is used again: nothing waits for the garbage collector. */
const spare: SharedArrayBuffer[] = [];
/** As many are kept as files are on their way at once. */
const KEPT = 8;

/** The largest file that fits. Bytes. */
export const SHARED = 4 << 20;

/** Room for `size` bytes, at most `SHARED`, with whatever was there before. */
export function takeBytes(size: number): Uint8Array<SharedArrayBuffer> {
  const memory = spare.pop() ?? new SharedArrayBuffer(SHARED);
  return new Uint8Array(memory, 0, size);
}

/** For the next file; who gave them back must not use them. */
export function giveBack(bytes: Uint8Array<SharedArrayBuffer>): void {
  if (spare.length < KEPT) spare.push(bytes.buffer);
}
