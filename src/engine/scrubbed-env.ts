import { join } from "node:path";
import type { Context } from "../context.ts";

// Nothing else of the job's environment reaches the model's code.
const PASSED_ON = [
  "PATH",
  "LD_LIBRARY_PATH",
  "CUDA_HOME",
  "CUDA_VISIBLE_DEVICES",
  "CUDA_DEVICE_ORDER",
  "NVIDIA_VISIBLE_DEVICES",
  "NVIDIA_DRIVER_CAPABILITIES",
  "OMP_NUM_THREADS",
  "MKL_NUM_THREADS",
];

/** The whole environment of an engine's process: an allowlist, folders of its own, and what makes it repeatable. */
export function scrubbedEnv(
  env: Context["env"],
  workFolder: string,
): Record<string, string> {
  const kept = PASSED_ON.flatMap((name) =>
    env[name] ? [[name, env[name]]] : [],
  );
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...Object.fromEntries(kept),
    HOME: join(workFolder, "home"),
    TMPDIR: join(workFolder, "tmp"),
    LANG: "C.UTF-8",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONHASHSEED: "0",
    PYTHONNOUSERSITE: "1",
    PYTHONUNBUFFERED: "1",
  };
}
