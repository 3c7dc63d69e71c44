import { type Finding, passed, type SessionCheck, skipped, warned } from "../check.ts";
import { smallestCase } from "../references.ts";
import { withAxis } from "../resize.ts";
import { type Feeds, feedsOf, ortMessage, type Runtime } from "../runtime.ts";
import { type Dtype, isFloat, sizeOf, type Tensor } from "../tensor.ts";

/** What a device may meet, the most dangerous first: the others are tried where there is room. */
const VALUES: Record<string, number> = {
  "all NaN": Number.NaN,
  "all 1e4": 1e4,
  "all 0": 0,
  "all -1e4": -1e4,
  "all 255": 255,
  "all denormal": 1e-40,
};

const ALWAYS = 1;

/** Extreme inputs must not end the process: a crash or a hang here is found by the worker, and fails this check. */
export const extremes: SessionCheck = {
  name: "extremes",
  needs: "session",
  async run(_subject, graph, runtime) {
    const references = await runtime.references();
    const small = references && smallestCase(references.cases);
    if (!references || !small) return skipped("not run: the references have no inputs to try");
    const feeds = await feedsOf(references, small);
    const tries = Object.entries(VALUES).map(([what, value]): [string, Feeds] => [what, filled(feeds, value)]);
    const first = graph.inputs.every(({ shape }) => typeof shape?.[0] === "string");
    if (first)
      tries.push(["an empty batch", new Map([...feeds].map(([name, tensor]) => [name, withAxis(tensor, 0, 0)]))]);
    return tryAll(runtime, tries);
  },
};

async function tryAll(runtime: Runtime, tries: readonly [string, Feeds][]): Promise<Finding> {
  const refused: string[] = [];
  const tried: string[] = [];
  for (const [what, feeds] of tries) {
    if (tried.length >= ALWAYS && !runtime.hasRoom()) break;
    tried.push(what);
    await runtime.run(`inputs ${what}`, feeds).catch((error) => refused.push(`${what}: ${ortMessage(error)}`));
  }
  const details = { tried, refused };
  const finite = refused.filter((text) => !/^(all NaN|an empty batch)/.test(text));
  if (finite.length > 0) return warned(`ONNX Runtime refuses extreme inputs: ${finite.join("; ")}`, details);
  return passed(`it survives ${tried.join(", ")}`, details);
}

/** All float inputs with this value; others keep theirs: an index may not be any number, a list of factors no huge one. */
function filled(feeds: Feeds, value: number): Map<string, Tensor> {
  return new Map(
    [...feeds].map(([name, tensor]) => [
      name,
      isFloat(tensor.dtype) && tensor.dims.length >= 2 ? fill(tensor, value) : tensor,
    ]),
  );
}

function fill({ dtype, dims }: Tensor, value: number): Tensor {
  const size = sizeOf(dims);
  if (dtype === "float64") return { dtype, dims, data: new Float64Array(size).fill(value) };
  if (dtype === "float32") return { dtype, dims, data: new Float32Array(size).fill(value) };
  return { dtype, dims, data: new Uint16Array(size).fill(halfBits(dtype, value)) };
}

/** Bits of a half float or a bfloat16, good enough for a value that only shall be extreme. */
function halfBits(dtype: Dtype, value: number): number {
  const single = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  if (dtype === "bfloat16") return single >>> 16;
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign + (size > 0 ? 1 : 0);
  const exponent = Math.floor(Math.log2(size));
  return sign + ((exponent + 15) << 10) + Math.floor((size / 2 ** exponent - 1) * 1024);
}
