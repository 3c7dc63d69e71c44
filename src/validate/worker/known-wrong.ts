import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { STRICT } from "../../config/policy.ts";
import type { Measured } from "../check.ts";
import type { CheckResult } from "../check-result.ts";
import { writeSafetensors } from "../evidence/write-safetensors.ts";
import type { Subject } from "../subject.ts";
import { limitsFor } from "./limits.ts";
import type { SessionRequest } from "./run-session-checks.ts";

/** ONNX of opset 17: `y` is −`x`, both [n, 1] floats. */
const NEGATES = Buffer.from(
  "CAgSBHRlc3Q6QAoLCgF4EgF5IgNOZWcSBWdyYXBoWhQKAXgSDwoNCAESCQoDEgFuCgIIAWIUCgF5Eg8KDQgBEgkKAxIBbgoCCAFCBAoAEBE=",
  "base64",
);
const SECONDS = 60;

/**
 * Writes a model whose references say something else than it computes into a new folder, an absolute path: what the
 * checks are asked of it. A process in which it is good tells nothing of others.
 */
export async function writeKnownWrong(folder: string): Promise<SessionRequest> {
  const subject: Subject = {
    folder,
    model: join(folder, "end2end.onnx"),
    references: join(folder, "references.safetensors"),
    ...{ contract: null, contractProblem: null },
    policy: STRICT,
    published: null,
  };

  await mkdir(folder);
  await writeFile(subject.model, NEGATES);

  const values = Float32Array.of(1, 2, 3);
  const tensor = (name: string) => ({
    ...{ name, dtype: "float32" as const, shape: [3, 1] },
    bytes: new Uint8Array(values.buffer),
  });
  await writeSafetensors(
    join(folder, "references.safetensors"),
    [tensor("one/in/x"), tensor("one/fp32/y")],
    {},
  );

  return {
    subject,
    checks: ["load", "parity"],
    limits: limitsFor(NEGATES.length),
    totalSeconds: SECONDS,
  };
}

/** Was it found to be what it is? Pure. */
export function isFoundWrong(
  found: readonly Measured<CheckResult>[] | null,
): boolean {
  const resultOf = (name: CheckResult["check"]) =>
    found?.find(({ check }) => check === name);

  const parity = resultOf("parity");

  return (
    resultOf("load")?.status === "pass" &&
    parity?.status === "fail" &&
    parity.kind === "wrong"
  );
}
