/** One tensor of a safetensors file in tests. */
export interface TensorValue {
  dtype: "F64" | "F32" | "I64" | "I32" | "U8" | "F16" | "BF16" | "BOOL";
  shape: number[];
  values: ArrayLike<number>;
}

const WRITERS: Record<
  TensorValue["dtype"],
  (values: number[]) => ArrayBufferLike
> = {
  F64: (values) => Float64Array.from(values).buffer,
  F32: (values) => Float32Array.from(values).buffer,
  I64: (values) => BigInt64Array.from(values, BigInt).buffer,
  I32: (values) => Int32Array.from(values).buffer,
  U8: (values) => Uint8Array.from(values).buffer,
  BOOL: (values) => Uint8Array.from(values).buffer,
  F16: (values) => Uint16Array.from(values).buffer,
  BF16: (values) => Uint16Array.from(values).buffer,
};

export function safetensors(
  tensors: Record<string, TensorValue>,
  metadata: Record<string, string> = {},
): Buffer {
  const stored = Object.entries(tensors).map(
    ([name, { dtype, shape, values }]) => {
      const bytes = Buffer.from(WRITERS[dtype](Array.from(values)));
      return [name, { dtype, shape, bytes }];
    },
  );
  return packTensors(Object.fromEntries(stored), metadata);
}

/** A safetensors file of tensors that are bytes already. */
export function packTensors(
  tensors: Record<string, { dtype: string; shape: number[]; bytes: Buffer }>,
  metadata: Record<string, string> = {},
): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const data: Buffer[] = [];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    data.push(bytes);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...data]);
}
