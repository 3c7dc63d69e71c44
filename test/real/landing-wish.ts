import type { LandWish } from "../../src/store/store.ts";

/** A landing of the model `a` in `main`. */
export function wishOf(source: string, head: string): LandWish {
  return {
    ...{ source, at: head, target: "main", message: `land ${source}` },
    metadata: { "model-to-edge.landed": head },
    models: [
      {
        ...{ folder: "model/a", pointer: "edge/a/manifest.json" },
        take: ["edge/a/m", "edge/a/manifest.json"],
        remove: [],
      },
    ],
  };
}
