import type { Tolerance } from "../../config/policy.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { ReferenceCase } from "../evidence/references.ts";
import { isFloat } from "../evidence/tensor.ts";
import { policyNames } from "./policy-rule.ts";

/** What excuses another dtype than the source's. */
export interface DtypeExcuses {
  /** By output, the dtype that the engine says it exports on purpose: `dtype/<output>` in the references. */
  declared: ReadonlyMap<string, string>;
  /** One that is stated lets half precision pass, for its rounding is what it is stated for. */
  tolerance: Tolerance;
}

/**
 * Outputs of another dtype than the source's, and what is wrong with each: a device's program reads bytes, whatever the
 * contract says. An output whose dtype the references do not tell is not among them.
 */
export function dtypeProblems(
  { outputs }: OnnxModel,
  cases: readonly ReferenceCase[],
  { declared, tolerance }: DtypeExcuses,
): Map<string, string> {
  const isStated = policyNames(tolerance).length > 0;
  const problems = new Map<string, string>();

  for (const { name, dtype } of outputs) {
    const source = declared.get(name) ?? sourceDtype(name, dtype, cases);
    if (source === null || source === dtype) continue;
    if (isHalf(dtype) && isFloat(source) && isStated) continue;

    problems.set(
      name,
      `its dtype is ${dtype || "not a tensor type"} in the ONNX model and ${source} in the source; export it as ${source}${isHalf(dtype) ? ", or set a tolerance in conversion.yaml" : ""}`,
    );
  }

  return problems;
}

/** float64 references are there for their digits: of two floats they do not tell which. */
function sourceDtype(
  name: string,
  own: string,
  cases: readonly ReferenceCase[],
): string | null {
  const [single] = cases.flatMap(({ fp32 }) => fp32.get(name) ?? []);
  if (single) return single.dtype;

  const [exact] = cases.flatMap(({ fp64 }) => fp64.get(name) ?? []);

  const isOnlyExact = exact && isFloat(exact.dtype) && isFloat(own);

  return exact && !isOnlyExact ? exact.dtype : null;
}

function isHalf(dtype: string): boolean {
  return dtype === "float16" || dtype === "bfloat16";
}
