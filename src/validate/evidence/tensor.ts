/** Element types that references, ONNX Runtime and the comparison share; names as in ONNX. */
export type Dtype =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "uint64"
  | "int32"
  | "uint32"
  | "int16"
  | "uint16"
  | "int8"
  | "uint8"
  | "bool"
  | "string";

export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Row-major. `float16` and `bfloat16` are held as their bits, `string` as codes (see `texts.ts`). */
export interface Tensor {
  dtype: Dtype;
  dims: number[];
  data: TensorData;
}

/** Tensors by name: what a model is fed, or what it gives. */
export type Feeds = ReadonlyMap<string, Tensor>;

export function isFloat(dtype: string): boolean {
  return dtype.startsWith("float") || dtype === "bfloat16";
}

/** Number of elements of a shape; a scalar has one. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}

export function sameShape(
  a: readonly (number | string)[],
  b: readonly (number | string)[],
): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** `2×3` for messages. */
export function shapeText(dims: readonly (number | string)[]): string {
  return dims.length === 0
    ? "scalar"
    : dims.map((dim) => (dim === "" ? "?" : dim)).join("×");
}

/** The values as numbers, for arithmetic. Float arrays are returned as they are; 64-bit integers beyond 2^53 are rounded. */
export function numbersOf({
  dtype,
  data,
}: Tensor): Exclude<TensorData, BigInt64Array | BigUint64Array> {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return wholeNumbers(data);
  if (dtype === "float16")
    return Float32Array.from(data as Uint16Array, float16);
  if (dtype === "bfloat16") return widened(data as Uint16Array);

  return data;
}

/** From the halves of each value: a `bigint` for each would take most of the time of comparing a map of classes. */
function wholeNumbers(data: BigInt64Array | BigUint64Array): Float64Array {
  const { buffer, byteOffset, length } = data;
  const low = new Uint32Array(buffer, byteOffset, 2 * length);
  const high =
    data instanceof BigInt64Array
      ? new Int32Array(buffer, byteOffset, 2 * length)
      : low;
  const numbers = new Float64Array(length);

  for (let at = 0; at < length; at++)
    numbers[at] =
      (high[2 * at + 1] as number) * 2 ** 32 + (low[2 * at] as number);

  return numbers;
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f)
    return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;

  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function widened(bits: Uint16Array): Float32Array {
  return new Float32Array(
    Uint32Array.from(bits, (value) => value * 65_536).buffer,
  );
}

/** Both finite, or the same special value. */
export function sameKind(a: number, b: number): boolean {
  return Number.isFinite(a) ? Number.isFinite(b) : Object.is(a, b);
}

/** Coordinates of a flat index. */
export function unravel(flat: number, dims: readonly number[]): number[] {
  let rest = flat;
  return dims
    .toReversed()
    .map((dim) => {
      const at = dim > 0 ? rest % dim : 0;
      rest = dim > 0 ? Math.floor(rest / dim) : 0;
      return at;
    })
    .toReversed();
}
