import type {
  Contract,
  ContractStep,
  InputPort,
  OutputPort,
  Port,
} from "../../validate/contract/contract.ts";
import { cell, code } from "../markdown.ts";

/** What a device's program relies on, as blocks of Markdown: tables of inputs and outputs, classes, steps, numbers in the graph. */
export function contractBlocks(contract: Contract): string[] {
  const { inputs, outputs, classes, preprocess } = contract;

  return [
    portTable("Input", inputs, inputNotes),
    portTable("Output", outputs, outputNotes),
    bakedLine(contract),
    needsLine(contract),
    ...stepList(preprocess),
    ...classList(classes),
  ].filter((block) => block !== "");
}

function portTable<P extends Port>(
  title: string,
  ports: readonly P[],
  notes: (port: P) => string[],
): string {
  if (ports.length === 0) return "";
  const rows = ports.map((port) => {
    const { name, dtype, shape } = port;
    const axes = code(`[${shape.map(axisText).join(", ")}]`);
    const cells = [code(name), code(dtype), axes, notes(port).join("; ")];
    return `| ${cells.map(cell).join(" | ")} |`;
  });

  return [
    `| ${title} | Type | Shape | Notes |`,
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function axisText(axis: number | string): string {
  return axis === "" ? "?" : String(axis);
}

function inputNotes({ layout, stride, b, h, w, max }: InputPort): string[] {
  const axes = Object.entries({ batch: b, height: h, width: w });
  const ranges = axes.flatMap(([axis, range]) =>
    range && range.length > 0 ? [`${axis} ${rangeText(range)}`] : [],
  );
  const ends = Object.entries(max ?? {}).map(
    ([axis, end]) => `${code(axis)} up to ${end}`,
  );

  return [
    ...(layout ? [`layout ${code(layout)}`] : []),
    ...ranges,
    ...ends,
    ...(stride ? [`height and width are multiples of ${stride}`] : []),
  ];
}

/** Of smallest, usual and largest length that was tried, or fewer. */
function rangeText(range: readonly number[]): string {
  const [smallest, usual, largest] = range;
  return largest === undefined
    ? range.join(" to ")
    : `${smallest} to ${largest}, usually ${usual}`;
}

function outputNotes(port: OutputPort): string[] {
  const { format, activation, label_offset, threshold, max_k, space } = port;

  return [
    ...(format ? [`format ${code(format)}`] : []),
    ...(space ? [`places in ${code(space)}`] : []),
    ...(activation ? [`ends in ${code(activation)}`] : []),
    ...(label_offset
      ? [`a label minus ${label_offset} is the index of its class`]
      : []),
    ...(typeof threshold === "number" ? [`counts from ${threshold} on`] : []),
    ...(typeof max_k === "number" ? [`at most ${max_k} rows`] : []),
  ];
}

function bakedLine({ baked }: Contract): string {
  const known = Object.entries(baked).filter(([, value]) => value !== null);
  if (known.length === 0) return "";
  const numbers = known.map(([name, value]) => code(`${name} ${value}`));

  return `Built into the graph: ${numbers.join(", ")}.`;
}

function needsLine({ opset, min_ort, precision, domains }: Contract): string {
  const others = domains?.filter((domain) => domain !== "") ?? [];
  const facts = [
    opset !== null && `ONNX opset ${opset}`,
    min_ort && `ONNX Runtime ${code(min_ort)} or newer`,
    others.length > 0 && `operators of ${others.map(code).join(", ")}`,
    precision && `weights in ${code(precision)}`,
  ].filter(Boolean);

  return facts.length > 0 ? `Needs: ${facts.join(", ")}.` : "";
}

function stepList(steps: readonly ContractStep[]): string[] {
  if (steps.length === 0) return [];

  return [
    "Pre-processing, in this order:",
    steps
      .map((step, index) => `${index + 1}. ${code(stepText(step))}`)
      .join("\n"),
  ];
}

/** `resize: keep_ratio, to: [640,640]`. */
function stepText(step: ContractStep): string {
  return Object.entries(step)
    .map(([key, value]) =>
      typeof value === "string"
        ? `${key}: ${value}`
        : `${key}: ${JSON.stringify(value)}`,
    )
    .join(", ");
}

/** Classes that a card lists. */
const MOST = 200;

function classList(classes: readonly string[]): string[] {
  if (classes.length === 0) return [];
  const named = classes
    .slice(0, MOST)
    .map((name, label) => `${label} ${code(name)}`);
  const rest = classes.length - named.length;
  const more = rest > 0 ? `, and ${rest} more in \`contract.json\`` : "";

  const noun = classes.length === 1 ? "class" : "classes";

  return [`${classes.length} ${noun}, by index: ${named.join(", ")}${more}.`];
}
