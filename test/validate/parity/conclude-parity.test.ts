import { expect, test } from "vitest";
import { plain } from "../../../src/text/message.ts";
import {
  type ComparedOutputs,
  concludeParity,
} from "../../../src/validate/parity/conclude-parity.ts";
import { sampleOutput } from "../../support/verdict-samples.ts";

const compared = (outputs: ComparedOutputs["outputs"]): ComparedOutputs => ({
  ...{ outputs, intermediate: [], cases: [], boxes: [], classes: [] },
  masks: [],
  layers: null,
  functions: null,
  weights: null,
});

test("an output that is judged with another one, and has no message of its own, leaves no gap in a warning", () => {
  const outputs = [
    sampleOutput({ name: "dets", status: "warn", message: "dets: float32" }),
    sampleOutput({ name: "labels", status: "warn", message: "" }),
  ];
  const { message } = concludeParity(compared(outputs), [], ["a note"], null);

  expect(typeof message === "string" ? message : plain(message)).toBe(
    "dets: float32; a note",
  );
});

test("one finding stands for several, which are counted", () => {
  const wrong = (name: string) =>
    sampleOutput({ name, status: "fail", kind: "wrong", message: name });
  const { message } = concludeParity(
    compared([wrong("a"), wrong("b"), wrong("c")]),
    [],
    [],
    null,
  );

  expect(typeof message === "string" ? message : plain(message)).toBe(
    "a (and 2 more findings)",
  );
});
