import { describe, expect, test } from "vitest";
import { networkFolder } from "../support/model-folder.ts";
import { checkOf, validate } from "../support/validate.ts";
import { after as behind, ints, node, scalar } from "./mutations/edits.ts";

describe("the check extremes", () => {
  test("always tries NaN and an empty batch", async () => {
    const found = checkOf(await validate(await networkFolder()), "extremes");
    expect(found.status).toBe("pass");
    const tried = found.details.tried as string[];
    // The empty batch may end the process.
    expect([tried[0], tried.at(-1)]).toEqual(["all NaN", "an empty batch"]);
  });

  test("warns where an empty batch gets rows", async () => {
    const made = behind(
      [
        node("Concat", ["before", "row"], "longer", {
          attributes: { axis: 0 },
        }),
        node("Slice", ["longer", "from", "to", "axis"], "y"),
      ],
      {
        row: { dims: [1, 5], values: [0, 0, 0, 0, 0] },
        from: ints(0),
        to: ints(1),
        axis: ints(0),
      },
    );
    const folder = await networkFolder((model) =>
      made({ ...model, outputs: model.outputs }),
    );
    const found = checkOf(await validate(folder), "extremes");
    expect(found).toMatchObject({
      status: "warn",
      message: expect.stringContaining('for an empty batch "y" has 1 rows'),
    });
  });

  test("takes a refusal of an empty batch", async () => {
    const refuses = behind(
      [
        node("Gather", ["before", "top"], "row"),
        node("Mul", ["row", "zero"], "nothing"),
        node("Add", ["before", "nothing"], "y"),
      ],
      { top: ints(0), zero: scalar(0) },
    );
    const found = checkOf(
      await validate(await networkFolder(refuses)),
      "extremes",
    );
    expect(found.status).toBe("pass");
    expect(found.details.refused).toEqual([
      expect.stringContaining("an empty batch"),
    ]);
  });
});
