import {
  faultOfNumber,
  LACKS_MEMORY,
  type MachineFault,
} from "../../machine-fault.ts";

/** What C++ and ONNX Runtime write; the errors of onnxruntime-node have no code, so that here foreign text is read. */
const SYSTEM = [
  /system error number (\d+)/,
  // A thread that could not be started.
  /\berror code: (\d+) error msg: /,
];
const ALLOCATION =
  /Failed to allocate memory for requested buffer of size (\d+)/;
const NO_SIZE = /std::bad_alloc|bad allocation/;

/** Memory in bytes: what the process has, may have, and could still get from the machine. */
export interface MemoryRoom {
  used: number;
  allowed: number;
  free: number;
}

/**
 * What the machine did not give ONNX Runtime; null where the model is refused. Memory is the machine's fault only where
 * the model asked for no more than it is allowed, or where the machine cannot give what is allowed.
 */
export function ortFault(
  error: unknown,
  { used, allowed, free }: MemoryRoom,
): MachineFault | null {
  const text = error instanceof Error ? error.message : String(error);
  for (const words of SYSTEM) {
    const errno = words.exec(text)?.[1];
    if (errno !== undefined) return faultOfNumber(Number(errno));
  }

  const size = ALLOCATION.exec(text)?.[1];
  if (size !== undefined)
    return used + Number(size) <= allowed ? LACKS_MEMORY : null;

  return NO_SIZE.test(text) && used + free < allowed ? LACKS_MEMORY : null;
}
