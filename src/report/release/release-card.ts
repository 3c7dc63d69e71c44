import { decide, decisionWords } from "../../decision.ts";
import { sentencesOf } from "../../text/explanation.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import { cell, code, codeBlock, prose, proseParts } from "../markdown.ts";
import { contractBlocks } from "./card-contract.ts";
import { frontMatter } from "./front-matter.ts";
import type { ReleaseFacts } from "./release-facts.ts";

/**
 * `README.md` of a version in a registry, as Hugging Face reads a model card: YAML, then Markdown. The same release gives
 * the same text; names and words of others stay inert.
 */
export function renderReleaseCard(facts: ReleaseFacts): string {
  const { release } = facts;
  const blocks = [
    `# ${code(`${release.name} ${release.release}`)}`,
    ...verdictBlocks(facts),
    ...section("Fetch and verify", commandBlocks(facts)),
    ...section("Contract", contractOf(facts)),
    ...section("Where it comes from", originBlocks(facts)),
    ...section("Changes", changeBlocks(facts)),
    ...section("Licence", [licenceLine(facts)]),
    ...section("Files", [fileTable(facts)]),
  ];

  return `${frontMatter(facts)}\n${blocks.join("\n\n")}\n`;
}

function section(title: string, blocks: readonly string[]): string[] {
  return blocks.length > 0 ? [`## ${title}`, ...blocks] : [];
}

function verdictBlocks({ manifest, exceptions }: ReleaseFacts): string[] {
  const { verdict, engine } = manifest;
  const found = { outcome: verdict.outcome, reason: verdict.reason };
  const decision = decide({
    ...{ found, failure: null, failOn: "fail" },
    exceptions: exceptions ?? [],
  });
  const said = proseParts(sentencesOf([verdict.answer, verdict.because]));

  return [
    `An ONNX model, converted by model-to-edge (engine ${code(engine)}) and checked. **It ${decisionWords(decision)}.** ${said}`,
    exceptionLine(exceptions),
  ];
}

function exceptionLine(exceptions: readonly string[] | null): string {
  if (exceptions === null)
    return "Exceptions: `verdict.json` does not say them.";
  if (exceptions.length === 0)
    return "Exceptions: none. The strict rules hold.";

  return `Exceptions (${exceptions.length}), each from the Git repository: ${exceptions.map(code).join("; ")}.`;
}

function commandBlocks({ commands }: ReleaseFacts): string[] {
  const lines = [commands.fetch, commands.verify].filter(
    (line) => line !== null,
  );

  return [
    ...(lines.length > 0
      ? [
          "The model as it lies in the store, each file hashed on its way:",
          codeBlock(lines.join("\n"), "sh"),
        ]
      : []),
    "`release.json` beside this card lists every file of this version with its sha256.",
  ];
}

function contractOf({ contract }: ReleaseFacts): string[] {
  return contract === null
    ? ["It has no `contract.json` that can be read."]
    : [...contractBlocks(contract), "`contract.json` has all of it."];
}

function originBlocks({ release, manifest, origin }: ReleaseFacts): string[] {
  const { source, digest } = release;
  const { lineage = {}, fingerprint } = manifest;
  const git = origin?.git;
  const rows: [string, string | null | undefined][] = [
    ["Store", source.store],
    ["Branch", source.branch],
    ["Commit of the store", source.commit],
    ["Model in the store", source.model],
    ["Git project", git?.project],
    ["Git commit", git?.commit],
    ["Code from Git", manifest.code?.folder],
    ["Parent, training run", lineage.parent_training_run_id],
    ["Parent, `spec_fp`", lineage.parent_spec_fp],
    ["Parent, `exec_fp`", lineage.parent_exec_fp],
    ["`spec_fp`", fingerprint.spec],
    ["`exec_fp`", fingerprint.exec],
    ["Digest of the content", digest],
  ];
  const known = rows.filter(([, value]) => value);

  return [
    [
      "| What | Is |",
      "|---|---|",
      ...known.map(
        ([what, value]) => `| ${what} | ${cell(code(value ?? ""))} |`,
      ),
    ].join("\n"),
    ...inputBlocks(manifest.inputs),
  ];
}

/** Rows of a table of files. */
const MOST = 100;

function inputBlocks(
  inputs: readonly { path: string; sha256: string }[],
): string[] {
  if (inputs.length === 0) return [];
  const rows = inputs
    .slice(0, MOST)
    .map(({ path, sha256 }) => `| ${cell(code(path))} | ${code(sha256)} |`);

  return [
    ["| Made from | sha256 |", "|---|---|", ...rows].join("\n"),
    ...moreThan(inputs.length, "manifest.json"),
  ];
}

function changeBlocks({ release: { since } }: ReleaseFacts): string[] {
  if (since === null) return [];
  const changes = since.changes.map((change) => `- ${prose(change)}`);

  return [
    `${code(since.level)} since ${code(since.release)}${changes.length > 0 ? ":" : "."}`,
    ...(changes.length > 0 ? [changes.join("\n")] : []),
  ];
}

function licenceLine({ license }: ReleaseFacts): string {
  return license === null
    ? "Not stated. `release: {license: …}` in conversion.yaml states it."
    : `${code(license)}.`;
}

function fileTable({ release: { files } }: ReleaseFacts): string {
  const rows = files
    .slice(0, MOST)
    .map(
      ({ name, size, sha256 }) =>
        `| ${cell(code(name))} | ${formatBytes(size)} | ${code(sha256)} |`,
    );

  return [
    ["| File | Size | sha256 |", "|---|---:|---|", ...rows].join("\n"),
    ...moreThan(files.length, "release.json"),
  ].join("\n\n");
}

function moreThan(count: number, where: string): string[] {
  return count > MOST ? [`And ${count - MOST} more: see \`${where}\`.`] : [];
}
