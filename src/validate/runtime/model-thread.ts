import { parentPort, type Worker } from "node:worker_threads";
import type { Feeds, Tensor, TensorData } from "../evidence/tensor.ts";
import { decodeTexts, encodeTexts } from "../evidence/texts.ts";
import { type Level, type LoadedModel, loadModel } from "./onnx-runtime.ts";

/** What a thread that holds a model in ONNX Runtime begins with. */
export interface ModelThreadData {
  /** Path of the ONNX file. */
  model: string;
  level: Level;
}

/** Starts a thread that calls `serveModel` with these data. */
export type StartThread = (data: ModelThreadData) => Worker;

/** Runs are answered in their order; the first answer is that of loading. */
type Answer = { outputs: Sent } | { error: Error };

interface Waiting {
  resolve(outputs: Feeds): void;
  reject(error: Error): void;
}

/**
 * A model in a thread of its own, so that the caller can go on while it runs: in Node, ONNX Runtime blocks the thread that
 * calls it. Runs that are asked for wait in the thread, and are done in their order. Rejects as `loadModel` does.
 */
export async function loadInThread(
  start: StartThread,
  data: ModelThreadData,
): Promise<LoadedModel> {
  const thread = start(data);
  const waiting: Waiting[] = [];
  const fail = (error: Error) => {
    for (const each of waiting.splice(0)) each.reject(error);
  };
  // A thread that nothing is asked of keeps no process alive.
  const answer = () =>
    new Promise<Feeds>((resolve, reject) => {
      thread.ref();
      waiting.push({ resolve, reject });
    });

  thread.on("message", (answered: Answer) => {
    const first = waiting.shift();
    if (waiting.length === 0) thread.unref();
    if ("error" in answered) first?.reject(answered.error);
    else first?.resolve(received(answered.outputs));
  });
  thread.on("error", fail);
  thread.on("exit", () => fail(new Error("the thread of the model ended")));

  await answer().catch(async (error: Error) => {
    await thread.terminate();
    throw error;
  });

  return {
    run(feeds) {
      const copy = sent(feeds);
      thread.postMessage(copy, buffersOf(copy));

      return answer();
    },
    time: () => {
      throw new Error("a model in a thread is not measured");
    },
    release: async () => {
      await thread.terminate();
    },
  };
}

/** Tensors as they cross: a code of a text means nothing in another thread. */
type Sent = Map<string, Omit<Tensor, "data"> & { data: TensorData | string[] }>;

/** Copies: a view of a part would take the whole buffer with it. */
function sent(tensors: Feeds): Sent {
  return new Map(
    [...tensors].map(([name, { dtype, dims, data }]) => [
      name,
      {
        ...{ dtype, dims },
        data:
          dtype === "string"
            ? decodeTexts(data as BigInt64Array)
            : data.slice(),
      },
    ]),
  );
}

function received(tensors: Sent): Feeds {
  return new Map(
    [...tensors].map(([name, { data, ...tensor }]) => [
      name,
      { ...tensor, data: Array.isArray(data) ? encodeTexts(data) : data },
    ]),
  );
}

function buffersOf(tensors: Sent): ArrayBuffer[] {
  return [...tensors.values()].flatMap(({ data }) =>
    Array.isArray(data) ? [] : [data.buffer as ArrayBuffer],
  );
}

/** The thread's side: loads the model, then runs what it is sent until it is terminated. */
export async function serveModel({
  model,
  level,
}: ModelThreadData): Promise<void> {
  const say = (answer: Answer) =>
    parentPort?.postMessage(
      answer,
      "outputs" in answer ? buffersOf(answer.outputs) : [],
    );
  let loaded: LoadedModel;
  try {
    loaded = await loadModel(model, level);
  } catch (error) {
    return say({ error: error as Error });
  }

  let before = Promise.resolve();
  parentPort?.on("message", (feeds: Sent) => {
    before = before
      .then(() => loaded.run(received(feeds)))
      .then(
        (outputs) => say({ outputs: sent(outputs) }),
        (error: Error) => say({ error }),
      );
  });
  say({ outputs: new Map() });
}
