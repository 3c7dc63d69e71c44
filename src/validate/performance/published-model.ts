import { readOnnx } from "../../onnx/read-onnx.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { modelBytes } from "../external-data.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Session, TimedSession } from "../runtime/session.ts";
import { milliseconds } from "./sentence.ts";
import { STEADY } from "./windows.ts";

/** For all that the published model adds: its load, its first run, warm-up and windows. */
export const PUBLISHED_MS = 5000;

/** What the published model is measured beside. */
export interface Beside {
  feeds: Feeds;
  /** Of the new model. */
  bytes: number;
  loadMs: number;
}

/** The published model, open to be measured; the session is null where there is a problem. */
export interface Published {
  bytes: number | null;
  session: TimedSession | null;
  /** Of its first run. */
  runMs: number;
  /** What is left of its bound. */
  leftMs: number;
  problem: string | null;
}

/**
 * Opens it, and runs it once. It may have other inputs: then there is nothing to compare. Nor is there where it cannot
 * be measured within `mostMs`, which the new model's load tells before it is loaded, as far as sizes do.
 */
export async function openPublished(
  time: Session["time"],
  model: string,
  { feeds, ...own }: Beside,
  mostMs = PUBLISHED_MS,
): Promise<Published> {
  const start = performance.now();
  let session: TimedSession | null = null;
  try {
    const bytes = await modelBytes(model, await readOnnx(model));
    const likelyMs = (own.loadMs * bytes) / Math.max(1, own.bytes);
    if (likelyMs > mostMs)
      return leftOut(bytes, mostMs, `load about ${milliseconds(likelyMs)}`);

    session = await time("the published model", model, feeds);
    const { loadMs } = session;
    const [runMs = 0] = await session.run(1);
    const leftMs = mostMs - (performance.now() - start);
    if ((1 + STEADY) * runMs <= leftMs)
      return { bytes, session, runMs, leftMs, problem: null };

    await session.release();
    return leftOut(
      bytes,
      mostMs,
      `load ${milliseconds(loadMs)}, a run ${milliseconds(runMs)}`,
    );
  } catch (error) {
    await session?.release();
    return without(
      null,
      `it does not run on the same inputs (${ortMessage(error)})`,
    );
  }
}

function leftOut(bytes: number, mostMs: number, costs: string): Published {
  return without(
    bytes,
    `measuring it would take longer than ${milliseconds(mostMs)} (${costs})`,
  );
}

function without(bytes: number | null, problem: string): Published {
  return { bytes, session: null, runMs: 0, leftMs: 0, problem };
}
