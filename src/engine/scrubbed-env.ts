import { join } from "node:path";
import { availableCores } from "../child/available-cores.ts";
import type { Context } from "../context.ts";

/**
 * glibc gives memory of large tensors back at once and gets it anew, page by page, for the next one: a tenth of an
 * engine's time. It keeps it instead.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
};

/**
 * A thread of OpenMP that has nothing to do turns in a loop, and takes the time of whoever has: an FCN beside other
 * programs took 54 s of the processor with two such threads, and 14 s where they sleep. OpenBLAS has threads of its
 * own, which wait for 2^n cycles before they sleep: 4 is the least that it takes, 26 what it takes otherwise.
 */
const SLEEP = { OMP_WAIT_POLICY: "PASSIVE", OPENBLAS_THREAD_TIMEOUT: "4" };

/** Where `edge_engine` is, which every engine imports, wherever its own folder lies. */
export function sharedPython(root: string): string {
  return join(root, "components/_shared");
}

/** The whole environment of an engine's process: an allowlist, folders of its own, and what makes it repeatable. */
export function scrubbedEnv(
  { environment: { forEngine }, root }: Pick<Context, "environment" | "root">,
  workFolder: string,
): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...KEEP_MEMORY,
    ...SLEEP,
    ...forEngine,
    // Libraries start a thread for each core of the machine, also where the runner has time on two of 64.
    OMP_NUM_THREADS: forEngine["OMP_NUM_THREADS"] || String(availableCores()),
    HOME: join(workFolder, "home"),
    TMPDIR: join(workFolder, "tmp"),
    LANG: "C.UTF-8",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONHASHSEED: "0",
    PYTHONNOUSERSITE: "1",
    PYTHONPATH: sharedPython(root),
    PYTHONUNBUFFERED: "1",
  };
}
