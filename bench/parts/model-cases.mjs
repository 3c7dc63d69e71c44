// The inputs of a model's references, for a program that only runs them.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** By safetensors' word: ONNX Runtime's type, and the array that holds it. */
const TYPES = {
  F64: ["float64", "Float64Array"],
  F32: ["float32", "Float32Array"],
  F16: ["float16", "Uint16Array"],
  I64: ["int64", "BigInt64Array"],
  I32: ["int32", "Int32Array"],
  U8: ["uint8", "Uint8Array"],
  BOOL: ["bool", "Uint8Array"],
};

/** Cases of `references.safetensors` that feed something else than the cases before them, as validation runs them: `[{name, dtype, array, dims, offset, length}]` each. */
export function modelCases(path) {
  const file = openSync(path, "r");
  try {
    const start = 8 + Number(bytesAt(file, 0, 8).readBigUInt64LE(0));
    const header = JSON.parse(bytesAt(file, 8, start - 8).toString());
    const cases = new Map();
    for (const [key, { dtype, shape, data_offsets: place }] of Object.entries(
      header,
    )) {
      const [, name, input] = /^([^/]+)\/in\/(.+)$/s.exec(key) ?? [];
      if (input === undefined) continue;

      const [type, array] = TYPES[dtype];
      const [from, to] = place;
      cases.set(name, [
        ...(cases.get(name) ?? []),
        {
          ...{ name: input, dtype: type, array, dims: shape },
          ...{ offset: start + from, length: to - from },
        },
      ]);
    }

    return distinct(file, [...cases.values()]);
  } finally {
    closeSync(file);
  }
}

function distinct(file, cases) {
  const seen = new Set();
  return cases.filter((inputs) => {
    const hash = createHash("sha256");
    for (const { name, dims, offset, length } of inputs)
      hash
        .update(JSON.stringify([name, dims]))
        .update(bytesAt(file, offset, length));

    const key = hash.digest("hex");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function bytesAt(file, position, length) {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, { position });
  return bytes;
}
