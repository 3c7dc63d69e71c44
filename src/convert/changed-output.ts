import type { Failure } from "../errors.ts";

/** Of the files that were checked, the first that is not what it was when the engine ended. */
export function changedFile(
  before: readonly { path: string; place?: string; sha256: string }[],
  after: readonly { path: string; place?: string; sha256: string }[],
): string | null {
  const now = new Map(
    after.map(({ path, place, sha256 }) => [`${place}/${path}`, sha256]),
  );

  const changed = before.find(
    ({ path, place, sha256 }) => now.get(`${place}/${path}`) !== sha256,
  );

  return changed?.path ?? null;
}

/** Something wrote to it while the checks ran: what was proved is not what lies there. */
export function changedFailure(path: string): Failure {
  return {
    kind: "refused",
    code: "output-changed",
    message: `${path} changed while it was checked`,
    hint: "code of the model was still running, or another process writes to the output folder: check the runner, then run again",
  };
}
