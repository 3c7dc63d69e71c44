import { nullUnlessPrevented } from "../../machine-fault.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import {
  type Finding,
  type GraphCheck,
  passed,
  skipped,
  warned,
  wrong,
} from "../check.ts";
import { activationProblems } from "../contract/activations.ts";
import { antialiasProblems } from "../contract/antialias.ts";
import { bakedProblems } from "../contract/baked.ts";
import { caseLengthProblems } from "../contract/case-lengths.ts";
import { classProblems } from "../contract/classes.ts";
import type { Contract } from "../contract/contract.ts";
import { endProblems } from "../contract/graph-ends.ts";
import { labelNameProblems } from "../contract/label-names.ts";
import { paddingProblems } from "../contract/padding.ts";
import { portProblems } from "../contract/ports.ts";
import { postprocessProblems } from "../contract/postprocess.ts";
import {
  checkPreprocessing,
  type PreprocessingFinding,
} from "../contract/preprocessing.ts";
import { unknownWords } from "../contract/unknown-words.ts";
import { versionProblems } from "../contract/versions.ts";
import { openReferences } from "../evidence/open-references.ts";
import type { References } from "../evidence/references.ts";
import type { Subject } from "../subject.ts";

interface ContractDetails {
  weights: string | null;
  /** How many. */
  classes: number | null;
  classes_from: string | null;
  /** Pictures that were pre-processed again. */
  preprocess: PreprocessingFinding["replayed"];
}

/** The graph is what `contract.json` tells the device's program: names, lengths, thresholds, classes, pre-processing. */
export const contract: GraphCheck<"contract", ContractDetails> = {
  name: "contract",
  title: "contract.json, for the program on the device",
  question:
    "is contract.json correct: names, types, lengths, thresholds in the graph, classes, pre-processing?",
  next: "Convert the model again, or correct contract.json",
  canBeSwitchedOff: true,
  needs: "graph",
  async run(subject, graph) {
    const { contract: said, contractProblem } = subject;
    if (contractProblem) return wrong(contractProblem);
    if (!said) return skipped("not run: there is no contract.json");

    return withReferences(subject, (references) =>
      compare(said, graph, references),
    );
  },
};

/** Null where there are none, or they cannot be read: parity says that. */
async function withReferences(
  { references: path }: Subject,
  work: (references: References | null) => Promise<Finding<ContractDetails>>,
): Promise<Finding<ContractDetails>> {
  const references =
    path === null
      ? null
      : await openReferences(path).catch(nullUnlessPrevented);
  try {
    return await work(references);
  } finally {
    await references?.close();
  }
}

async function compare(
  said: Contract,
  graph: OnnxModel,
  references: References | null,
): Promise<Finding<ContractDetails>> {
  const problems = [
    ...versionProblems(said, graph),
    ...portProblems(said, graph),
    ...bakedProblems(said, graph),
    ...(await classProblems(said, graph, references)),
    ...(await labelNameProblems(said, references)),
    ...(await activationProblems(said, references)),
    ...endProblems(said, graph),
    ...caseLengthProblems(said, references),
    ...antialiasProblems(said),
    ...postprocessProblems(said),
    ...(await paddingProblems(said, references)),
  ];

  const preprocessing = await checkPreprocessing(said, references);
  const details: ContractDetails = {
    weights: said.weights,
    classes: said.classes.length || null,
    classes_from: said.classes_from,
    preprocess: preprocessing.replayed,
  };

  const reasons = [
    ...(problems.length > 0
      ? [`contract.json does not describe the model: ${problems.join("; ")}`]
      : []),
    ...preprocessing.problems,
  ];
  if (reasons.length > 0) return wrong(reasons.join("; "), details);
  const notes = [...unknownWords(said), ...preprocessing.notes];
  if (notes.length > 0) return warned(notes.join("; "), details);

  const replayed =
    preprocessing.replayed.length > 0
      ? "; its pre-processing reproduces the source's input"
      : "";

  return passed(`contract.json describes the model${replayed}`, details);
}
