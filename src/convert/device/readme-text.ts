import { marked, plain } from "../../text/message.ts";
import type { Contract, Port } from "../../validate/contract/contract.ts";
import type { Verdict } from "../../validate/verdict.ts";
import type { WrittenGolden } from "./golden-file.ts";

/** What a person at a device must know of the folder. */
export interface ReadmeFacts {
  name: string;
  engine: string;
  /** The ONNX file, from the folder. */
  model: string;
  contract: Contract | null;
  verdict: Pick<Verdict, "answer">;
  golden: WrittenGolden;
}

/** `README.txt`: five lines, whatever the names are. The same facts give the same text. */
export function readmeText(facts: ReadmeFacts): string {
  const { name, engine, model, contract, verdict, golden } = facts;
  const task = contract?.task ? ` for ${contract.task}` : "";
  const lines = [
    `${name}: an ONNX model${task}, converted by model-to-edge (engine ${engine}) and checked: ${plain(verdict.answer)}.`,
    `Run ${model} with ONNX Runtime${needs(contract)}${portsOf(contract)}.`,
    "contract.json says how an input is made and what the outputs mean; docs/contract.md of model-to-edge explains each key, with a program in Python and in C++.",
    goldenLine(golden),
    "manifest.json lists each file with its sha256: `model-to-edge verify FOLDER` hashes them, and checks the signature if there is a key.",
  ];

  return `${lines.map(oneLine).join("\n")}\n`;
}

function needs(contract: Contract | null): string {
  const { min_ort: oldest = null, opset = null } = contract ?? {};
  const facts = [
    oldest && `${oldest} or newer`,
    opset !== null && `opset ${opset}`,
  ].filter(Boolean);

  return facts.length > 0 ? ` (${facts.join(", ")})` : "";
}

function portsOf(contract: Contract | null): string {
  if (contract === null) return "";
  const { inputs, outputs } = contract;

  return `: in ${inputs.map(portText).join(", ")}; out ${outputs.map(portText).join(", ")}`;
}

function portText({ name, dtype, shape }: Port): string {
  return `${name} ${dtype}[${shape.join(", ")}]`;
}

function goldenLine(golden: WrittenGolden): string {
  if ("why" in golden)
    return `There is no golden.safetensors: ${plain(marked(golden.why))}.`;

  const { kind, picture, hasPicture } = golden;
  const made = picture === null ? "" : `, made of ${picture}`;
  const what = kind === "real" ? `a real input${made}` : "a random input";
  const beside = hasPicture ? ", and its picture (picture)" : "";

  return `golden.safetensors holds ${what} (in/NAME), what the source model computes for it (out/NAME)${beside}: run it first on a new device.`;
}

/** Names may hold anything. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
