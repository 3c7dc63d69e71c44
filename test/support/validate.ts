import { type Policy, STRICT } from "../../src/config/policy.ts";
import type { Context } from "../../src/context.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import type { ResultOf } from "../../src/validate/check-result.ts";
import type { CheckName } from "../../src/validate/checks/registry.ts";
import { validateFolder } from "../../src/validate/validate-folder.ts";
import type { Verdict } from "../../src/validate/verdict.ts";
import { type Judged, withSentence } from "./judged.ts";
import { type Plain, withPlainMessage } from "./plain-message.ts";
import { bundleWorker } from "./worker-bundle.ts";

let worker: Promise<string> | undefined;

/** Validates a folder with the real worker, bundled from source. */
export async function validate(
  folder: string,
  policy: Partial<Policy> = {},
  evidence: string | null = null,
): Promise<Judged> {
  worker ??= bundleWorker();
  const ctx = await workerContext();
  const { verdict } = await validateFolder(ctx, {
    name: "net",
    folder,
    evidence,
    policy: { ...STRICT, ...policy },
    reproduce: "validate net",
    performance: null,
  });
  return withSentence(verdict);
}

/** The check's result, its message as plain words. */
export function checkOf<N extends CheckName>(
  { checks }: Verdict,
  name: N,
): Plain<ResultOf<N>> {
  const found = checks.find(
    (result): result is ResultOf<N> => result.check === name,
  );
  if (!found) throw new Error(`there is no check ${name}`);
  return withPlainMessage(found);
}

export async function workerContext(): Promise<
  Pick<Context, "worker" | "log" | "signal" | "environment" | "now">
> {
  worker ??= bundleWorker();
  return {
    worker: await worker,
    log: silent,
    signal: new AbortController().signal,
    environment: readEnvironment({}),
    now: () => new Date(),
  };
}

const silent: Context["log"] = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  section: (_, work) => work(),
  progress: () => ({
    advance: () => undefined,
    at: () => undefined,
    end: () => undefined,
  }),
};
