import { describe, expect, test } from "vitest";
import type { Compose, Target } from "../../src/store/store.ts";
import { tokensByPath } from "../../src/store/tokens-by-path.ts";
import { options, type StoreUnderTest, useStore } from "./harness.ts";

/** What a store owes to a run whose inputs are changed back while it runs, where its tokens are of the content. */
export function inputsConformance(
  title: string,
  make: () => Promise<StoreUnderTest>,
): void {
  describe(`inputs that are changed back: ${title}`, () => {
    const at = useStore(make);

    test("compose is told which inputs lie there now, where they are others than ours", async () => {
      const told = async (input: string) => {
        const { draft } = await at.newDraft();
        let inputs: Target["inputs"];
        const compose: Compose = (target) => {
          inputs = target.inputs;
          return null;
        };
        const asked = { ...options, input, inputsBelow: "model/" };
        await draft.publish([], compose, asked);
        await draft.discard();
        return inputs;
      };
      const first = await at.store.snapshot("main");
      const before = await tokensByPath(first.list("model/"));
      expect(await told(first.id)).toBeUndefined();

      await at.under.write("main", { "model/a/w.pth": "others" });
      const between = (await at.store.head("main")) ?? "";
      await at.under.write("main", { "model/a/w.pth": "weights" });
      expect(await told(between)).toEqual(before);
    });
  });
}
