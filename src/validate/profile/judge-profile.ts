import type { Profile } from "../../config/profile.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { Judgement } from "./judgement.ts";
import {
  type Advice,
  fallBacks,
  operatorProblems,
  restrictionsMet,
} from "./operators.ts";
import { tensorProblems, topKProblems } from "./tensors.ts";

export interface JudgedModel {
  graph: OnnxModel;
  /** Of the model's file and of those that it refers to. */
  bytes: number;
  /** Where the engine's opset is set, such as `mmdeploy.opset`; null where the engine is not known. */
  opsetOption: string | null;
}

/** Judges a model by a profile without running anything. `known` are the profiles that providers point to. */
export function judgeProfile(
  { graph, bytes, opsetOption }: JudgedModel,
  profile: Profile,
  known: readonly Profile[],
): Judgement {
  const advice = adviceFor(opsetOption);
  const versions = versionFindings(graph, profile, advice);
  const tensors = tensorProblems(graph, profile);
  const runtime = `${profile.runtime.name} ${profile.runtime.version}`;

  return {
    id: profile.id,
    title: profile.title,
    runtime,
    evidence: profile.evidence,
    opset: profile.opsets["ai.onnx"]?.newest ?? null,
    problems: [
      ...versions.problems,
      ...operatorProblems(graph, profile, advice),
      ...tensors.problems,
      ...topKProblems(graph, profile),
      ...formProblems(graph, profile),
      ...budgetProblems(bytes, profile),
    ],
    warnings: [...versions.warnings, ...tensors.warnings],
    falls_back: fallBacks(graph, profile, known),
    not_judged: restrictionsMet(graph, profile),
  };
}

/** Names the engine's own option where it is known. */
function adviceFor(option: string | null): Advice {
  const [engine, key] = option?.split(".") ?? [];
  return (newest, oldest) => {
    const range =
      oldest === undefined ? `${newest} or older` : `${oldest} to ${newest}`;
    return `export with opset ${range}${key ? ` (${engine}: { ${key}: ${newest} } in conversion.yaml)` : ""}`;
  };
}

function versionFindings(
  { opsets, irVersion }: OnnxModel,
  profile: Profile,
  advice: Advice,
): Pick<Judgement, "problems" | "warnings"> {
  const problems: string[] = [];
  const warnings: string[] = [];

  for (const [domain, version] of Object.entries(opsets)) {
    const range = profile.opsets[domain || "ai.onnx"];
    if (!range) continue;

    const { oldest = 1, newest } = range;
    const what =
      domain === "" ? `opset ${version}` : `opset ${version} of ${domain}`;
    const help = (from?: number) =>
      domain === "" ? advice(newest, from) : `export with ${domain} ${newest}`;

    if (version > newest && range.beyond === "not-promised")
      warnings.push(
        `${what} is newer than ${newest}, the newest that was tested: ${help()}`,
      );
    else if (version > newest)
      problems.push(
        `${what} is newer than ${newest}, the newest it loads: ${help()}`,
      );

    if (version < oldest)
      problems.push(
        `${what} is older than ${oldest}, the oldest it loads: ${help(oldest)}`,
      );
  }

  if (profile.newest_ir !== undefined && irVersion > profile.newest_ir)
    problems.push(
      `IR version ${irVersion} is newer than ${profile.newest_ir}, the newest it loads: an older opset or exporter writes an older one`,
    );

  return { problems, warnings };
}

function formProblems(
  { inputs, initializers, functions }: OnnxModel,
  profile: Profile,
): string[] {
  const problems: string[] = [];
  if (profile.dynamic_axes === false) {
    const open = inputs.filter(
      ({ shape }) =>
        shape === null || shape.some((axis) => typeof axis === "string"),
    );
    if (open.length > 0)
      problems.push(
        `the input ${open[0]?.name} has open axes, but it needs fixed ones: export with fixed sizes`,
      );
  }

  if (
    profile.external_data === false &&
    initializers.some(({ external }) => external !== null)
  )
    problems.push(
      "weights are in separate files, which it does not read: export them into the model file",
    );

  if (profile.local_functions === false && functions.length > 0)
    problems.push(
      `the graph defines functions (${functions[0]?.name}), which it does not read: export them inlined (onnx.inliner)`,
    );

  return problems;
}

function budgetProblems(bytes: number, { budgets }: Profile): string[] {
  const limit = budgets?.file_bytes;
  if (limit === undefined || bytes <= limit) return [];

  return [
    `the model has ${bytes} bytes, its budget is ${limit}: make it smaller, or raise budgets.file_bytes`,
  ];
}
