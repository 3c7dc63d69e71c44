import { decide, decisionWords } from "../decision.ts";
import { changedCode } from "../model/git-code.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { closedFingerprint } from "../plan/unchanged.ts";
import type { StoreObject } from "../store/store.ts";
import { sentencesOf } from "../text/explanation.ts";
import { type Part, plain } from "../text/message.ts";
import type { JudgedModel } from "./landing.ts";

export interface JudgeQuestion {
  model: PlannedModel;
  /** What lies below `edge/` and `evidence/`, by path. */
  edge: ReadonlyMap<string, StoreObject>;
  failOn: "fail" | "warn";
  /** Path of the model's manifest, whether it is there or not. */
  manifest: string;
  /** sha256 by path, for files whose token alone proves nothing. */
  hash(objects: StoreObject[]): Promise<ReadonlyMap<string, string>>;
}

/**
 * Does the published green cover exactly what lies in the model's folder and in `edge/` now? Decided by content: each
 * input's token or sha256, what was asked (engine, options, files by role), and the token of each published file.
 */
export async function judgeModel({
  model,
  edge,
  failOn,
  manifest,
  hash,
}: JudgeQuestion): Promise<JudgedModel> {
  const { name, published, failure, author } = model;
  const judged = (
    state: JudgedModel["state"],
    sentence: string,
    files: string[] = [],
  ): JudgedModel => ({
    name,
    state,
    sentence,
    files,
  });

  if (failure)
    return judged(
      "missing",
      `it cannot be converted as it is: ${failure.message}`,
    );

  if (!published)
    return judged(
      "missing",
      `no green verdict: ${author.doubt ?? absence(edge.has(manifest), manifest)}`,
    );

  const hashed = await hash(unproved(model));
  const files = model.files.map((file) => ({
    ...file,
    sha256: file.sha256 ?? hashed.get(file.path) ?? null,
  }));

  const uncovered = [
    ...uncoveredFiles(files, published.inputs),
    ...changedCode(model.code, published.code),
  ];

  if (uncovered.length > 0)
    return judged(
      "stale",
      "its verdict covers different files from the current ones",
      uncovered,
    );

  const asked = closedFingerprint({ ...model, files }, "", null, "");
  if (asked?.spec !== published.fingerprint.spec)
    return judged(
      "stale",
      "its verdict covers a different configuration (options or allowed tensors in conversion.yaml)",
    );

  const replaced = published.files
    .filter(({ path, token }) => edge.get(path)?.token !== token)
    .map(({ path }) => path);

  if (replaced.length > 0)
    return judged(
      "stale",
      "the files in edge/ are not what was verified",
      replaced,
    );

  if (model.stray.length > 0)
    return judged(
      "stale",
      "there is an unverified ONNX file beside it",
      model.stray,
    );

  const { verdict } = published;
  const decision = decide({
    found: verdict,
    failure: null,
    failOn,
    exceptions: model.policy.loosened,
  });

  const { answer, because } = verdict;
  const found = plain(sentencesOf([answer, because, signatureOf(author)]));
  if (decision.ships) return judged("green", found);

  return judged("red", `it ${decisionWords(decision)}. ${found}`);
}

/** Nothing of what a key signed; else who could have made it. */
function signatureOf({ doubt, user }: PlannedModel["author"]): Part[] {
  if (doubt !== null) return [{ text: doubt }];
  if (user === null) return [];

  return [
    {
      text: `not signed; according to the store's log, its user ${user} published it`,
    },
  ];
}

function absence(isThere: boolean, manifest: string): string {
  return isThere
    ? `${manifest} is damaged or of an unsupported version`
    : "nothing was published for it";
}

/** Files that the manifest lists with another token: only their bytes can say. */
function unproved({ files, published }: PlannedModel): StoreObject[] {
  const listed = new Set(published?.inputs.map(({ path }) => path));
  return files
    .filter(({ path, sha256 }) => sha256 === null && listed.has(path))
    .map(({ path, size, token }) => ({ path, size, token }));
}

/** Changed, added and removed files, in order. */
function uncoveredFiles(
  files: readonly { path: string; sha256: string | null }[],
  inputs: readonly { path: string; sha256: string }[],
): string[] {
  const proved = new Map(inputs.map(({ path, sha256 }) => [path, sha256]));
  const there = new Set(files.map(({ path }) => path));
  const changed = files
    .filter(({ path, sha256 }) => proved.get(path) !== sha256)
    .map(({ path }) => path);

  return [
    ...changed,
    ...inputs.map(({ path }) => path).filter((path) => !there.has(path)),
  ].sort();
}
