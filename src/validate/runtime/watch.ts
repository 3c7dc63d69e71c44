import { elementsOf } from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";

/** What ONNX Runtime is entered for. */
export interface Step {
  kind: "load" | "run";
  /** For a person, e.g. `case real-0`. */
  what: string;
  /** An input has no element: a run that no device needs. */
  isEmpty: boolean;
  /** Of a run far beyond the references, that nobody promised: how many elements it feeds. */
  probe?: number;
}

/** Told before ONNX Runtime is entered, which may never come back, and when it is back. */
export interface Watch {
  begin(step: Step): void;
  end(): void;
  /** Told of what fails, inside and outside; does not return where the machine prevented it. */
  failed(error: unknown): void;
}

/** Runs `work` between the watch's `begin` and `end`. */
export async function watched<T>(
  watch: Watch,
  step: Step,
  work: () => Promise<T>,
): Promise<T> {
  watch.begin(step);
  try {
    return await work();
  } catch (error) {
    watch.failed(error);
    throw error;
  } finally {
    watch.end();
  }
}

export function loading(what: string): Step {
  return { kind: "load", what: `loading ${what}`, isEmpty: false };
}

export function running(what: string, feeds: Feeds): Step {
  const isEmpty = [...feeds.values()].some(({ dims }) => dims.includes(0));
  return { kind: "run", what, isEmpty };
}

/** A run that may end the process, which says nothing against the model. */
export function probing(what: string, feeds: Feeds): Step {
  return { ...running(what, feeds), probe: elementsOf(feeds) };
}
