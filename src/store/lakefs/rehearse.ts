import { UsageError } from "../../errors.ts";
import type { DraftRef } from "../store.ts";
import { uploadBytes } from "../transfer/upload.ts";
import { openDraft } from "./draft-branch.ts";
import { carrierOf, type Repository } from "./repository.ts";

/** Name of what is uploaded and gone again. */
const PROBE = ".model-to-edge-rehearsal";

/**
 * Does what a publication begins with, and undoes it: makes the hidden branch, and uploads to it. A read-only repository,
 * a rule of protection and a hook about branches say no here, before hours of work.
 */
export async function rehearseDraft(
  repository: Repository,
  ref: DraftRef,
): Promise<void> {
  const { api, ctx } = repository;
  const { readOnly } = await api.getRepository();
  if (readOnly)
    throw new UsageError(
      `the lakeFS repository ${repository.name} is read-only`,
      {
        code: "protected",
        hint: "use `--publish none` (input publish) for a verdict without publication, or use a writable repository",
      },
    );

  if ((await openDraft(repository, ref)) === null) return;

  try {
    const up = await carrierOf(repository);
    await uploadBytes(up, Buffer.from("rehearsal\n"), `${ref.id}/${PROBE}`);
  } finally {
    await api.deleteBranch(ref.id, ctx.signal.aborted);
  }
}
