import type { Tolerance } from "../../config/policy.ts";
import type { References } from "../evidence/references.ts";
import { shapeText } from "../evidence/tensor.ts";
import { emptyReport, type OutputReport } from "../output-report.ts";
import { addFloatCase } from "../parity/add-float-case.ts";
import { evidenceOf } from "../parity/evidence.ts";
import {
  createFloatAccumulator,
  type FloatAccumulator,
} from "../parity/float-accumulator.ts";
import { reportFloat } from "../parity/float-output.ts";
import type { Windows } from "../preprocess/steps.ts";
import type { Session } from "../runtime/session.ts";
import { meanOfWindows } from "./mean-of-windows.ts";
import { type WindowReference, windowReferences } from "./window-references.ts";

/** What the windows of the contract show beside the source's own inference. */
export interface WindowFinding {
  reports: OutputReport[];
  /** What could not be shown. */
  lacks: string | null;
}

export interface WindowRequest {
  references: References;
  /** By the contract; null where it names none. */
  windows: Windows | null;
  session: Pick<Session, "run">;
  tolerance: Tolerance;
}

const UNSAID =
  "the source averages the scores of windows of its input, but contract.json declares no windows";

/**
 * What a device makes of pictures larger than a window, by the windows and the stride of the contract: the mean of the
 * graph's scores is what the source's own inference gives, by the rule of parity.
 */
export async function compareWindows(
  request: WindowRequest,
): Promise<WindowFinding> {
  const { references, windows } = request;
  const found = windowReferences(references.cases);
  if (!windows)
    return {
      reports: found.length > 0 ? [wrongOf("", UNSAID)] : [],
      lacks: null,
    };

  if (found.length === 0) {
    const why = references.leftOut.get("windows");
    return {
      reports: [],
      lacks: `the mean of windows was not compared: ${why ?? "the references contain no input that is larger than a window"}`,
    };
  }

  const names = new Set(found.flatMap(({ fp32 }) => [...fp32.keys()]));
  const reports: OutputReport[] = [];
  for (const name of names)
    reports.push(await compareOutput(request, windows, found, name));

  const [open] = reports.filter(({ kind }) => kind === "unproven");

  return { reports, lacks: open ? `not proved: ${open.message}` : null };
}

async function compareOutput(
  request: WindowRequest,
  windows: Windows,
  found: readonly WindowReference[],
  name: string,
): Promise<OutputReport> {
  const having = found.filter(({ fp32 }) => fp32.has(name));
  const isExact = having.every(({ fp64 }) => fp64.has(name));
  const shape = having[0]?.fp32.get(name)?.dims ?? [];
  const floats = createFloatAccumulator("float32", 1, shape[1] ?? 1);

  for (const reference of having) {
    const problem = await addReference(floats, request, windows, {
      ...{ reference, name, isExact },
    });
    if (problem !== null) return wrongOf(name, problem);
  }

  const { to, stride } = windows;

  return reportFloat(
    {
      name,
      called: `the mean of "${name}" over windows of ${to.join("×")}, each ${stride.join("×")} after the one before, beside the source's own inference`,
    },
    shape,
    floats,
    evidenceOf(isExact ? "fp64" : "none", request.tolerance),
  );
}

/** One output of one larger input. */
interface Compared {
  reference: WindowReference;
  name: string;
  /** All larger inputs have it in double precision. */
  isExact: boolean;
}

/** Why the windows cannot be compared; null where they were. */
async function addReference(
  floats: FloatAccumulator,
  request: WindowRequest,
  windows: Windows,
  { reference, name, isExact }: Compared,
): Promise<string | null> {
  const { read } = request.references;
  const [single, double] = [
    reference.fp32.get(name),
    isExact ? reference.fp64.get(name) : undefined,
  ];
  if (!single) return null;

  const mean = await meanOfWindows(request, windows, reference, name);
  if ("problem" in mean) return mean.problem;

  const noisy = await read(single);
  addFloatCase(floats, {
    name: `windows of ${shapeText(reference.input.entry.dims)}`,
    onnx: mean.scores,
    exact: double ? await read(double) : noisy,
    noisy: double ? noisy : null,
  });

  return null;
}

function wrongOf(name: string, message: string): OutputReport {
  return {
    ...emptyReport(name, "float32", []),
    ...{ status: "fail", kind: "wrong", message },
  };
}
