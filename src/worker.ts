import { isMainThread, Worker, workerData } from "node:worker_threads";
import type { ModelThreadData } from "./validate/runtime/model-thread.ts";
import type { WorkerRequest } from "./validate/worker/channel.ts";
import type { WatchdogData } from "./validate/worker/watchdog.ts";

// The child process that runs ONNX Runtime: requests on standard input, a line each, findings on file descriptor 3.
if (isMainThread) await main();
else await thread(workerData);

async function thread(data: WatchdogData | ModelThreadData): Promise<void> {
  if ("clock" in data)
    return (await import("./validate/worker/watchdog.ts")).watch(data);

  await (await import("./validate/runtime/model-thread.ts")).serveModel(data);
}

async function main(): Promise<void> {
  const clock = new SharedArrayBuffer(8);
  let isWatched = false;
  // Before anybody asks, which takes as long.
  const parts = loadParts();
  parts.catch(() => undefined);

  for await (const request of requests()) {
    const data: WatchdogData = { clock, bytes: request.limits.bytes };
    // Whoever shares a process asks for the same memory each time.
    if (!isWatched)
      new Worker(new URL(import.meta.url), { workerData: data }).unref();
    isWatched = true;

    await work(request, clock, await parts);
  }
}

/** What the work needs, ONNX Runtime among it. */
async function loadParts() {
  const { guardOf } = await import("./validate/worker/watchdog.ts");
  const { runChecks } = await import("./validate/worker/run-checks.ts");
  const { wakeRuntime } = await import("./validate/runtime/wake-runtime.ts");
  await wakeRuntime();

  return { guardOf, runChecks };
}

async function work(
  request: WorkerRequest,
  clock: SharedArrayBuffer,
  { guardOf, runChecks }: Awaited<ReturnType<typeof loadParts>>,
): Promise<void> {
  await runChecks(request, {
    guard: guardOf(clock),
    end: () => process.exit(1),
    startThread: (data) =>
      new Worker(new URL(import.meta.url), { workerData: data }),
  });
}

async function* requests(): AsyncGenerator<WorkerRequest> {
  let rest = "";

  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    const lines = `${rest}${String(chunk)}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as WorkerRequest;
  }

  if (rest !== "") yield JSON.parse(rest) as WorkerRequest;
}
