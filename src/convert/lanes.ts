import type { Isolation } from "../engine/isolation-level.ts";

export interface LanesQuestion {
  /** How many the user wants; `auto`: as many as the machine has room for. */
  wish: number | "auto";
  /** Models that take time. */
  models: readonly {
    /** As planned: `auto` means a GPU where there is one. */
    device: string;
  }[];
  /** NVIDIA devices of the machine. */
  gpus: number;
  /** Null where no engine runs. */
  isolation: Pick<Isolation, "level"> | null;
  cores: number;
  /** Bytes that are free. */
  memory: number;
}

export interface Lanes {
  /** At least 1. */
  count: number;
  /** Why there are fewer than the user wants, else null. */
  because: string | null;
}

/** What an engine with torch or TensorFlow and the checks of a middle-sized model need. Bytes. */
const ROOM = 2 * 2 ** 30;
/** Cores that an engine keeps busy most of its time: exporters run on one, references on several. */
const CORES = 2;

/**
 * How many models are converted at the same time. One where they could disturb each other: on one GPU, or as one user
 * without process namespaces, where a model's code may end or stop another's.
 */
export function lanesOf(question: LanesQuestion): Lanes {
  const { wish, models, isolation, cores, memory, gpus } = question;
  const wanted = wish === "auto" ? models.length : wish;
  if (Math.min(wanted, models.length) <= 1) return { count: 1, because: null };

  const level = isolation?.level ?? "bubblewrap";
  const because = models.some(
    ({ device }) => device !== "cpu" && (device !== "auto" || gpus > 0),
  )
    ? "they share a GPU"
    : level === "landlock" || level === "uid"
      ? `their code would run as one user (isolation: ${level}), and could disturb each other`
      : null;
  if (because !== null)
    return { count: 1, because: wish === "auto" ? null : because };

  const byCores = wish === "auto" ? Math.floor(cores / CORES) : cores;
  const byMemory = Math.floor(memory / ROOM);
  const room = Math.max(1, Math.min(byCores, byMemory));
  const count = Math.min(wanted, models.length, room);

  return {
    count,
    because:
      wish !== "auto" && count < Math.min(wish, models.length)
        ? `the machine has room for ${room}: ${cores} cores, ${(memory / 2 ** 30).toFixed(1)} GiB free, ${ROOM / 2 ** 30} GiB for each`
        : null,
  };
}
