import { expect, test } from "vitest";
import { contractFinding } from "../../support/contract-folder.ts";
import { safetensors } from "../../support/references-writer.ts";

/** What the check finds where a case is 4 high and this wide. */
function finding(shape: (number | string)[], width: number) {
  const values = Array.from({ length: 12 * width }, Number);
  const tensor = { dtype: "F32" as const, shape: [1, 3, 4, width], values };

  return contractFinding(
    {
      nodes: [{ op: "Identity", inputs: ["image"], outputs: ["y"] }],
      inputs: [{ name: "image", dims: ["b", 3, "h", "w"] }],
      outputs: [{ name: "y", dims: ["b", 3, "h", "w"] }],
    },
    {
      input: { name: "image", dtype: "f32", shape },
      outputs: [{ name: "y", dtype: "f32", shape: ["b", 3, "h", "w"] }],
    },
    safetensors({ "one/in/image": tensor, "one/fp32/y": tensor }),
  );
}

test("one name for two lengths is wrong", async () => {
  const found = await finding(["b", 3, "side", "side"], 5);

  expect(found).toMatchObject({ status: "fail", kind: "wrong" });
  expect(found.message).toContain(
    'it calls axis 2 of the input "image" and axis 3 of "image" both "side", but they are 4 and 5 long in case one',
  );
});

test("one name for one length is fine, and so are two names", async () => {
  expect((await finding(["b", 3, "side", "side"], 4)).status).toBe("pass");
  expect((await finding(["b", 3, "h", "w"], 5)).status).toBe("pass");
});

test.each([
  ["cv2.linear", true, "fail"],
  ["pillow.linear", false, "fail"],
  ["cv2.linear", false, "pass"],
  ["pillow.linear", true, "pass"],
  ["own.linear", true, "pass"],
])("%s with antialias %s: %s", async (interp, antialias, status) => {
  const found = await contractFinding(
    {
      nodes: [{ op: "Identity", inputs: ["x"], outputs: ["y"] }],
      inputs: [{ name: "x", dims: ["b", 3] }],
      outputs: [{ name: "y", dims: ["b", 3] }],
    },
    {
      input: { name: "x", dtype: "f32", shape: ["b", 3] },
      outputs: [{ name: "y", dtype: "f32", shape: ["b", 3] }],
      preprocess: [{ resize: "stretch", to: [8, 8], interp, antialias }],
    },
  );

  expect(found.status).toBe(status);
});
