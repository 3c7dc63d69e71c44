import {
  changedCode,
  type GitCode,
  type ProvedCode,
} from "../model/git-code.ts";
import type { PlannedModel } from "./plan.ts";

/** One part of what a model's result depends on, and whether it is as it was when the edge model was published. */
export interface Part {
  name: string;
  /** Null where it cannot be told. */
  same: boolean | null;
  detail: string;
}

export interface UpToDate {
  answer: string;
  parts: Part[];
}

const ANSWERS: Record<PlannedModel["decision"], string> = {
  unchanged: "is up to date: a run downloads and converts nothing",
  recheck:
    "would be checked again: its files stay, but the checks or their settings changed",
  convert: "would be converted",
  refused: "cannot be converted as it is",
};

/** Part by part why a model is or is not up to date: files, what was asked, what its bytes and its verdict depend on. */
export function explainModel(model: PlannedModel): UpToDate {
  const { decision, failure, fingerprint, published, author } = model;
  const answer = `${model.name} ${ANSWERS[decision]}`;
  if (failure) return { answer: `${answer}: ${failure.message}`, parts: [] };

  if (!published)
    return {
      answer: `${answer}: ${author.doubt ?? "nothing was published for it"}`,
      parts: [],
    };

  const same = (key: "spec" | "exec" | "verdict") =>
    fingerprint && fingerprint[key] === published.fingerprint[key];
  const files = fileParts(model);

  return {
    answer,
    parts: [
      ...files,
      {
        name: "what was asked",
        same: same("spec"),
        detail:
          "engine, files by role, options, allowed tensors (fingerprint.spec)",
      },
      {
        name: "what the bytes depend on",
        same: same("exec"),
        detail:
          "the above, the engine's recipe, device, image (fingerprint.exec)",
      },
      {
        name: "what the verdict depends on",
        same: same("verdict"),
        detail:
          "the above, policy, version of the checks, lineage (fingerprint.verdict)",
      },
    ],
  };
}

/** Inputs by name: equal tokens prove equal bytes, others are told apart only by a download. */
function fileParts({ files, code, published }: PlannedModel): Part[] {
  const before = new Map(
    published?.inputs.map(({ path, token }) => [path, token]),
  );
  const now = new Set(files.map(({ path }) => path));
  const gone = [...before.keys()].filter((path) => !now.has(path));

  return [
    ...codeParts(code, published?.code),
    ...files.map(({ path, token }) => filePart(path, token, before.get(path))),
    ...gone.map((path) => ({ name: path, same: false, detail: "is gone" })),
  ];
}

/** Code of Git: its bytes are known. */
function codeParts(code?: GitCode, before?: ProvedCode): Part[] {
  const changed = new Set(changedCode(code, before));
  const same = (code?.files ?? [])
    .map(({ path }) => `Git: ${code?.folder}/${path}`)
    .filter((name) => !changed.has(name));

  return [
    ...same.map((name) => ({ name, same: true, detail: "the same bytes" })),
    ...[...changed].map((name) => ({
      name,
      same: false,
      detail: "is another",
    })),
  ];
}

function filePart(path: string, token: string, before?: string): Part {
  if (before === undefined)
    return { name: path, same: false, detail: "is new" };
  if (before === token)
    return { name: path, same: true, detail: "the same token" };

  return {
    name: path,
    same: null,
    detail:
      "was written again since (the store's token for it is different); the download will show whether its content changed",
  };
}
