import { sentencesOf } from "../../text/explanation.ts";
import { plain } from "../../text/message.ts";
import { wellFormed } from "../../text/plain-text.ts";
import type { Port } from "../../validate/contract/contract.ts";
import type { ReleaseFacts } from "./release-facts.ts";
import { spdxId } from "./spdx-ids.ts";

/** A component of CycloneDX 1.6, as far as it is used here. */
type Component = Record<string, unknown>;

/**
 * `bom.cdx.json` of a version in a registry: CycloneDX 1.6, a machine-learning model with its files, its ancestors and
 * the toolchain that converted it. It has no time and no serial number: the same release gives the same data.
 */
export function releaseBom(facts: ReleaseFacts, program: string): object {
  const { release } = facts;

  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      tools: {
        components: [
          { type: "application", name: "model-to-edge", version: program },
        ],
      },
      component: modelComponent(facts),
    },
    components: toolchainComponents(facts),
    dependencies: [{ ref: refOf(release) }],
  };
}

function refOf({ algorithm, name, release }: ReleaseFacts["release"]): string {
  return `model:${algorithm}/${name}@${release}`;
}

function modelComponent(facts: ReleaseFacts): Component {
  const { release, license } = facts;
  const { algorithm, name, files } = release;
  const graph = files.find((file) => file.name === `${name}.onnx`);

  return {
    type: "machine-learning-model",
    "bom-ref": refOf(release),
    ...{ group: algorithm, name, version: release.release },
    description: plain(sentencesOf([facts.manifest.verdict.answer])),
    ...(graph ? { hashes: hashes(graph.sha256) } : {}),
    ...(license === null ? {} : { licenses: [licenseOf(license)] }),
    externalReferences: [{ type: "model-card", url: facts.card }],
    pedigree: pedigree(facts),
    components: files.map((file) => ({
      ...{ type: "file", "bom-ref": `file:${file.name}`, name: file.name },
      hashes: hashes(file.sha256),
    })),
    modelCard: modelCard(facts),
    properties: properties(facts),
  };
}

function hashes(sha256: string): object[] {
  return [{ alg: "SHA-256", content: sha256 }];
}

function licenseOf(license: string): object {
  const id = spdxId(license);
  return { license: id === null ? { name: license } : { id } };
}

/** What the model was made from: the files that the verdict is about, and the commit of its code. */
function pedigree({ manifest, origin }: ReleaseFacts): object {
  const commit = origin?.git.commit;

  return {
    ancestors: manifest.inputs.map(({ path, sha256 }) => ({
      ...{ type: "file", name: path, hashes: hashes(sha256) },
    })),
    ...(commit ? { commits: [{ uid: commit }] } : {}),
  };
}

/** How it learned (supervised or not) and its architecture are known to nobody here, and left out. */
function modelCard({ contract }: ReleaseFacts): object {
  if (contract === null) return {};
  const { task, inputs, outputs } = contract;

  return {
    modelParameters: {
      ...(task === null ? {} : { task }),
      inputs: inputs.map(formatOf),
      outputs: outputs.map(formatOf),
    },
  };
}

function formatOf({ name, dtype, shape }: Port): { format: string } {
  return { format: `${name}: ${dtype}[${shape.join(", ")}]` };
}

function properties(facts: ReleaseFacts): { name: string; value: string }[] {
  const { release, manifest, contract, exceptions, origin } = facts;
  const { verdict, fingerprint, lineage = {}, engine } = manifest;
  const { source } = release;
  const all: [string, string | number | null | undefined][] = [
    ["verdict", verdict.outcome],
    ["verdict:reason", verdict.reason],
    ["verdict:because", plain(sentencesOf([verdict.because])) || null],
    ...(exceptions ?? []).map(
      (each) => ["verdict:exception", each] as [string, string],
    ),
    ["digest", release.digest],
    ["engine", engine],
    ["opset", contract?.opset],
    ["onnxruntime:oldest", contract?.min_ort],
    ["fingerprint:spec", fingerprint.spec],
    ["fingerprint:exec", fingerprint.exec],
    ["source:store", source.store],
    ["source:branch", source.branch],
    ["source:commit", source.commit],
    ["source:model", source.model],
    ["source:git-project", origin?.git.project],
    ["source:git-commit", origin?.git.commit],
    ["source:git-folder", manifest.code?.folder],
    ["parent:training-run", lineage.parent_training_run_id],
    ["parent:spec", lineage.parent_spec_fp],
    ["parent:exec", lineage.parent_exec_fp],
    ["since", release.since?.release],
    ["since:level", release.since?.level],
    ["toolchain", facts.toolchain === null ? "not known" : "listed"],
  ];

  return all.flatMap(([name, value]) =>
    value === null || value === undefined
      ? []
      : [{ name: `model-to-edge:${name}`, value: String(value) }],
  );
}

/** Python and the engine's packages: they made the model, and are not part of it (`excluded`). */
function toolchainComponents({ toolchain }: ReleaseFacts): Component[] {
  if (toolchain === null) return [];
  const { python, packages } = toolchain;
  const ref = `pkg:generic/python@${encoded(python)}`;
  const found = new Map<string, Component>([
    [
      ref,
      {
        ...{ type: "platform", "bom-ref": ref, name: "python" },
        ...{ version: python, purl: ref, scope: "excluded" },
      },
    ],
  ]);

  for (const [name, version] of Object.entries(packages)) {
    const plainName = name.toLowerCase().replaceAll(/[-_.]+/g, "-");
    const purl = `pkg:pypi/${encoded(plainName)}@${encoded(version)}`;
    found.set(purl, {
      ...{ type: "library", "bom-ref": purl, name, version, purl },
      scope: "excluded",
    });
  }

  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
}

function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text));
}
