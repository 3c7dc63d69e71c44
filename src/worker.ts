import { isMainThread, Worker, workerData } from "node:worker_threads";
import type { WorkerRequest } from "./validate/worker/channel.ts";
import type { WatchdogData } from "./validate/worker/watchdog.ts";

// The child process that runs ONNX Runtime: the request on standard input, findings on file descriptor 3.
if (isMainThread) await main();
else
  (await import("./validate/worker/watchdog.ts")).watch(
    workerData as WatchdogData,
  );

async function main(): Promise<void> {
  const request = JSON.parse(await readInput()) as WorkerRequest;
  const deadline = new SharedArrayBuffer(4);
  const startedAt = performance.timeOrigin + performance.now();
  const data: WatchdogData = {
    deadline,
    startedAt,
    bytes: request.limits.bytes,
  };

  new Worker(new URL(import.meta.url), { workerData: data }).unref();

  const { runChecks } = await import("./validate/worker/run-checks.ts");
  const shared = new Int32Array(deadline);

  await runChecks(request, (seconds) => {
    const passed = performance.timeOrigin + performance.now() - startedAt;
    Atomics.store(
      shared,
      0,
      seconds > 0 ? Math.ceil(passed + seconds * 1000) : 0,
    );
  });
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
