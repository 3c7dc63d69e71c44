import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import { type Message, toMessage } from "../../src/text/message.ts";
import { caseRefused } from "../../src/validate/case-refused.ts";
import { type CheckResult, resultOf } from "../../src/validate/check-result.ts";
import { CHECKS, type CheckName } from "../../src/validate/checks/registry.ts";
import { emptyReport } from "../../src/validate/output-report.ts";
import { decideVerdict } from "../../src/validate/verdict.ts";
import { withSentence } from "../support/judged.ts";

const result = (
  check: CheckName,
  status: CheckResult["status"],
  message: string | Message = `${check} says so`,
): CheckResult =>
  resultOf(check, {
    status,
    ...(status === "fail" ? { kind: "wrong" as const } : {}),
    message: toMessage(message),
    details: {},
  });
const unproven = (check: CheckName): CheckResult => ({
  ...result(check, "fail"),
  kind: "unproven",
});
const decide = (checks: CheckResult[], off: string[] = []) =>
  withSentence(decideVerdict("net", checks, { ...STRICT, off }, "cmd"));

describe("decideVerdict", () => {
  test.each<[string, CheckResult[], string, string]>([
    [
      "all passed",
      [result("load", "pass"), result("parity", "pass")],
      "pass",
      "net may ship. On ONNX Runtime (CPU) it matches its source model.",
    ],
    [
      "a warning",
      [
        result("structure", "warn", "a path is in it"),
        result("parity", "pass"),
      ],
      "warn",
      "net may ship, with a warning. On ONNX Runtime (CPU) it matches its source model. Warning: a path is in it.",
    ],
    [
      "one failed",
      [result("load", "pass"), result("parity", "fail", "output y differs")],
      "fail",
      "net may not ship: wrong. The check parity failed. Output y differs. Check how this output's last layers are exported, or try another opset: the exported graph computes something different from the source.",
    ],
    [
      "a case that does not run, whatever the check asks",
      [
        result("metamorphic", "fail", caseRefused("a", "wrong type")),
        result("parity", "pass"),
      ],
      "fail",
      "net may not ship: wrong. The check metamorphic failed. ONNX Runtime cannot run case a: wrong type. Export the model for the inputs of the references, or correct the references.",
    ],
    [
      "several failed: the first in full",
      [result("contract", "fail", "it lies"), result("parity", "fail")],
      "fail",
      "net may not ship: wrong. The check contract failed. It lies. Also failed: parity. Convert the model again, or correct contract.json.",
    ],
    [
      "unproven beside wrong: what speaks against it comes first",
      [unproven("parity"), result("shapes", "fail", "it is baked")],
      "fail",
      "net may not ship: wrong. The check shapes failed. It is baked. Export with axes that are really open, or declare their length as fixed.",
    ],
    [
      "a device's table alone",
      [
        result("profile", "fail", "camera: opset 18 is newer than 17"),
        result("parity", "pass"),
      ],
      "fail",
      "net may not ship: a device would not load it. The check profile failed. Camera: opset 18 is newer than 17.",
    ],
    [
      "a device's table beside what was run",
      [
        result("profile", "fail", "camera: no"),
        result("load", "fail", "it crashes"),
      ],
      "fail",
      "net may not ship: wrong. The check load failed. It crashes. Also failed: profile. Export it with operators and an opset that ONNX Runtime supports.",
    ],
    [
      "unproven alone",
      [result("load", "pass"), unproven("parity")],
      "fail",
      "net may not ship: unproven. The check parity had too little evidence. Parity says so.",
    ],
    [
      "no parity at all",
      [result("load", "pass")],
      "fail",
      "net may not ship: unproven. The check parity had too little evidence. Nothing was compared with the source model.",
    ],
    [
      "parity that did not run",
      [result("load", "pass"), result("parity", "skip", "not run")],
      "fail",
      "net may not ship: unproven. The check parity had too little evidence. Nothing was compared with the source model (not run).",
    ],
  ])("%s", (_, checks, outcome, sentence) => {
    expect(decide(checks)).toMatchObject({
      outcome,
      sentence,
      reproduce: "cmd",
      name: "net",
    });
  });

  test("a green says what would have been detected", () => {
    const details = {
      outputs: [
        {
          ...emptyReport("y", "float32", [1]),
          would_notice: 1.5e-6,
        },
        emptyReport("labels", "int64", [1]),
      ],
    };
    expect(
      decide([resultOf("parity", { ...result("parity", "pass"), details })])
        .sentence,
    ).toContain("; differences above 1.5e-6 in y would have been detected.");
  });

  test("answer, cause and next step are parts: names of outputs and checks are code", () => {
    const failed = decide([result("parity", "fail", "y differs")]);
    expect(failed.answer).toEqual([
      { text: "the check " },
      { code: "parity" },
      { text: " failed" },
    ]);
    expect(failed.because).toEqual([{ text: "y differs" }]);
    expect(failed.next).toHaveLength(1);
    expect([failed.outcome, failed.reason]).toEqual(["fail", "wrong"]);
  });

  test("no results whatsoever are green without a parity check that ran, unless it is switched off", () => {
    const status = fc.constantFrom("pass", "warn", "skip") as fc.Arbitrary<
      CheckResult["status"]
    >;
    const checks = fc.array(
      fc.tuple(fc.constantFrom("file", "load", "shapes"), status),
    );
    fc.assert(
      fc.property(checks, (list) => {
        const results = list.map(([check, each]) => result(check, each));
        expect(decide(results).outcome).toBe("fail");
        expect(decide(results, ["parity"]).outcome).not.toBe("fail");
      }),
    );
  });

  test("one failed check is enough to be red, whatever the others say", () => {
    const names = CHECKS.map(({ name }) => name);
    const status = fc.constantFrom(
      "pass",
      "warn",
      "skip",
      "fail",
    ) as fc.Arbitrary<CheckResult["status"]>;
    fc.assert(
      fc.property(fc.array(status, { minLength: 1 }), (list) => {
        const results = [
          ...list.map((each, index) =>
            result(names[index % names.length] ?? "file", each),
          ),
          result("parity", "pass"),
        ];
        expect(decide(results).outcome === "fail").toBe(list.includes("fail"));
      }),
    );
  });
});
