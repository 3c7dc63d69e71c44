import { LACKS_MEMORY } from "../../machine-fault.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import type { LostProbe } from "../runtime/probes.ts";
import { isFromOutside, type WorkerRoom } from "./worker-end.ts";
import type { Seen } from "./worker-process.ts";

/**
 * The probe that a worker ended in, null where it ended in another run, or for want of what no length has to do with.
 * Nobody promised that length: it is not evidence against the model, and its limits are no reason to give no verdict.
 */
export function lostProbe(seen: Seen, room: WorkerRoom): LostProbe | null {
  const { doing, inside, prevented, outcome } = seen;
  if (doing?.probe === undefined || !inside || outcome.timedOut) return null;
  if (prevented && prevented.code !== LACKS_MEMORY.code) return null;

  const [how, isCrash] = howItEnded(seen, room);

  return {
    elements: doing.probe,
    text: `with ${doing.what} ${how}, so longer ones were not tried`,
    isCrash,
  };
}

function howItEnded(
  { prevented, stopped, outcome }: Seen,
  { limits }: WorkerRoom,
): [how: string, isCrash: boolean] {
  if (stopped === "memory" || prevented)
    return [
      `it needs more memory than the limit of the checks (${formatBytes(limits.bytes)})`,
      false,
    ];
  if (stopped !== null)
    return [`it takes longer than ${limits.runSeconds} s`, false];

  const { signal, exitCode } = outcome;
  if (signal !== null && isFromOutside(signal))
    return [`the process was ended by ${signal}`, false];

  return [`ONNX Runtime crashes (${signal ?? `exit code ${exitCode}`})`, true];
}
