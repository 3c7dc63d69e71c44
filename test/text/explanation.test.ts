import { expect, it } from "vitest";
import { plainExplanation } from "../../src/text/explanation.ts";

const of = (text: string) =>
  plainExplanation({ answer: [], because: [{ text }], next: [] });

it.each([
  [
    "config.py, line 69: '(' was never closed",
    "config.py, line 69: '(' was never closed.",
  ],
  ["end2end.onnx has no input", "end2end.onnx has no input."],
  [
    "models/det/x.pth is not a checkpoint",
    "models/det/x.pth is not a checkpoint.",
  ],
  ["mmdeploy.opset is 99", "mmdeploy.opset is 99."],
  ["data_preprocessor is missing", "data_preprocessor is missing."],
  ["fail-on: warn counts", "fail-on: warn counts."],
  ["lakeFS does not answer", "lakeFS does not answer."],
  ["lakeFS's S3 gateway is away", "lakeFS's S3 gateway is away."],
])("a name at the beginning stays as it is: %s", (text, expected) => {
  expect(of(text)).toBe(expected);
});

it.each([
  ["the checkpoint does not fit", "The checkpoint does not fit."],
  ["nothing was published.", "Nothing was published."],
])("any other sentence begins with a capital: %s", (text, expected) => {
  expect(of(text)).toBe(expected);
});
