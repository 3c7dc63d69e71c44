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
  const clock = new SharedArrayBuffer(8);
  const data: WatchdogData = { clock, bytes: request.limits.bytes };

  new Worker(new URL(import.meta.url), { workerData: data }).unref();

  const { guardOf } = await import("./validate/worker/watchdog.ts");
  const { runChecks } = await import("./validate/worker/run-checks.ts");

  await runChecks(request, {
    guard: guardOf(clock),
    end: () => process.exit(1),
  });
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
