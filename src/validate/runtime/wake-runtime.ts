import { InferenceSession } from "onnxruntime-node";

/**
 * Has ONNX Runtime make what it makes once in a process, which the first model would wait for: it does so before it sees
 * that it was given no model. What keeps it from that, it says again where a model is loaded.
 */
export async function wakeRuntime(): Promise<void> {
  const session = await InferenceSession.create(new Uint8Array(), {
    logSeverityLevel: 4,
  }).catch(() => null);

  await session?.release();
}
