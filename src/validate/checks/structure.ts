import type { OnnxModel } from "../../onnx/model.ts";
import { type GraphCheck, passed, warned, wrong } from "../check.ts";
import { externalProblems } from "../external-data.ts";
import { randomNodes } from "../random-operators.ts";

/** Newest versions that our ONNX Runtime loads; a device's may be older, which its profile says. */
const NEWEST = { ir: 13, opset: 26 };
/** Domains whose operators ONNX Runtime has itself. */
const KNOWN_DOMAINS = new Set([
  "",
  "ai.onnx.ml",
  "com.microsoft",
  "com.microsoft.nchwc",
  "ai.onnx.preview.training",
]);
const RUNNABLE = new Set([
  ...["float32", "float64", "float16", "bool", "string"],
  ...["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"],
]);
/** Paths of the machine that exported, and keys: nothing a device should get. */
const LEAKS: [RegExp, string][] = [
  [
    /(?:^|[\s"'=(])(?:\/home\/|\/root\/|\/Users\/|\/builds\/|[A-Z]:\\Users\\)[^\s"']{2,}/,
    "a file path of the machine that exported it",
  ],
  [/\b(?:glpat-|ghp_|AKIA)[A-Za-z0-9_-]{12,}/, "what looks like an access key"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
];

/** What the graph is, for reports. */
type StructureDetails = Pick<
  OnnxModel,
  "opsets" | "producer" | "inputs" | "outputs" | "metadata"
> & {
  ir: number;
  /** Nodes by operator; those of another domain than ONNX's own with it. */
  operators: Record<string, number>;
};

/** What the protobuf itself says, without running anything. */
export const structure: GraphCheck<"structure", StructureDetails> = {
  name: "structure",
  title: "operators, domains, types, external data",
  question:
    "which operators, domains and types does the graph use, and can the runtime run them; is its external data inside the folder?",
  next: null,
  canBeSwitchedOff: true,
  needs: "graph",
  async run({ model }, graph) {
    const details = summary(graph);
    const problems = [
      ...versionProblems(graph),
      ...domainProblems(graph),
      ...randomProblems(graph),
      ...valueProblems(graph),
      ...(await externalProblems(model, graph)),
    ];
    if (problems.length > 0) return wrong(problems.join("; "), details);

    const leaks = leaksIn(graph);
    if (leaks.length > 0)
      return warned(`the model holds ${leaks.join("; ")}`, details);

    return passed(
      `${graph.nodes.length} nodes, opset ${graph.opsets[""] ?? "-"}, ${domainsText(graph)}`,
      details,
    );
  },
};

function summary(graph: OnnxModel): StructureDetails {
  const operators: Record<string, number> = {};
  for (const { op, domain } of graph.nodes) {
    const name = domain === "" ? op : `${domain}:${op}`;
    operators[name] = (operators[name] ?? 0) + 1;
  }

  const { opsets, irVersion: ir, producer, inputs, outputs, metadata } = graph;

  return { opsets, ir, producer, inputs, outputs, metadata, operators };
}

function versionProblems({ irVersion, opsets }: OnnxModel): string[] {
  const opset = opsets[""] ?? 0;
  return [
    ...(irVersion < 1 ? ["it has no IR version"] : []),
    ...(irVersion > NEWEST.ir
      ? [
          `its IR version is ${irVersion}, the newest that can be loaded is ${NEWEST.ir}`,
        ]
      : []),
    ...(opset > NEWEST.opset
      ? [
          `its opset is ${opset}, the newest that can be loaded is ${NEWEST.opset}; export with opset_version: 17`,
        ]
      : []),
    ...(Object.keys(opsets).length === 0 ? ["it imports no opset"] : []),
  ];
}

/** Operators of a domain that is neither known nor defined in the file by local functions. */
function domainProblems({ nodes, functions }: OnnxModel): string[] {
  const own = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  const unknown = new Map<string, string>();

  for (const { op, domain } of nodes)
    if (!KNOWN_DOMAINS.has(domain) && !own.has(`${domain}:${op}`))
      unknown.set(domain, op);

  return [...unknown].map(
    ([domain, op]) =>
      `it uses operators of the domain "${domain}" (${op}), which standard ONNX Runtime does not have: export for onnxruntime without custom operators`,
  );
}

function randomProblems(graph: OnnxModel): string[] {
  const [drawing] = randomNodes(graph);
  return drawing
    ? [`it draws random numbers (${drawing.op}): export it in evaluation mode`]
    : [];
}

function valueProblems({ inputs, outputs, nodes }: OnnxModel): string[] {
  const problems = outputs.length === 0 ? ["it has no outputs"] : [];
  if (nodes.some(({ op }) => op === ""))
    problems.push("a node has no operator");

  for (const [kind, values] of [
    ["input", inputs],
    ["output", outputs],
  ] as const)
    for (const { name, dtype } of values) {
      if (dtype === "")
        problems.push(
          `the ${kind} "${name}" is not a tensor (a sequence or map): export it as tensors`,
        );
      else if (!RUNNABLE.has(dtype))
        problems.push(
          `the ${kind} "${name}" is ${dtype}, which cannot be passed to or read from the runtime`,
        );
    }

  const names = [...inputs, ...outputs].map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    problems.push(`the name ${twice[0]} is used for several inputs or outputs`);

  return problems;
}

function leaksIn({ docStrings, metadata, producer }: OnnxModel): string[] {
  const texts = [
    ...docStrings,
    ...Object.entries(metadata).map(([key, value]) => `${key}=${value}`),
    producer,
  ];
  return LEAKS.flatMap(([pattern, what]) => {
    const found = texts.flatMap(
      (text) => pattern.exec(text)?.[0]?.trim() ?? [],
    );
    return found.length > 0
      ? [
          `${what} (${found.length} times, e.g. ${(found[0] ?? "").slice(0, 60)})`,
        ]
      : [];
  });
}

function domainsText({ opsets }: OnnxModel): string {
  const others = Object.keys(opsets).filter((domain) => domain !== "");
  return others.length > 0
    ? `also ${others.join(", ")}`
    : "standard ONNX operators";
}
