import type { Conversion } from "../convert/conversion.ts";
import type { Contract } from "../validate/contract/contract.ts";
import type { OutputReport } from "../validate/output-report.ts";
import type { Performance } from "../validate/performance/measurement.ts";
import type { Verdict } from "../validate/verdict.ts";
import { prose } from "./markdown.ts";
import type { Summary, SummaryModel } from "./summary.ts";

/** What MLflow is told of one model. */
export interface MlflowRecord {
  name: string;
  status: "FINISHED" | "FAILED";
  tags: Record<string, string | null>;
  metrics: Record<string, number>;
}

export interface RecordQuestion {
  summary: Summary;
  model: SummaryModel;
  conversion: Conversion;
  verdict: Verdict | null;
  performance: Performance | null;
  contract: Contract | null;
  /** Of this program. */
  version: string;
}

/** A converted model as a run: tags with the conversion module's names, and what was measured. */
export function mlflowRecord(question: RecordQuestion): MlflowRecord {
  const { model } = question;

  return {
    name: model.name,
    status: model.ships ? "FINISHED" : "FAILED",
    tags: {
      ...conversionTags(question),
      ...lineageTags(question),
      ...edgeTags(question),
      ...sourceTags(question.summary),
    },
    metrics: { ...accuracy(question), ...speed(question) },
  };
}

function conversionTags({ verdict, contract }: RecordQuestion) {
  return {
    "mlflow.runType": "conversion",
    "conversion.format": "onnx",
    "conversion.quantization": quantizationOf(contract),
    "conversion.opset_version": text(contract?.opset ?? opsetOf(verdict)),
  };
}

/** As the conversion module has it: `none` for a graph of floats, else the precision that the contract says. */
function quantizationOf(contract: Contract | null): string | null {
  const precision = contract?.precision ?? null;
  return precision && /^(fp|float)\d+$/i.test(precision) ? "none" : precision;
}

/** Of ONNX's own domain, as the check of the structure read it. */
function opsetOf(verdict: Verdict | null): number | null {
  for (const result of verdict?.checks ?? [])
    if (result.check === "structure")
      return result.details.opsets?.[""] ?? null;

  return null;
}

/** The conversion module's word for a model that training made. */
const FROM_TRAINING = "final_training";

function lineageTags({ model: { lineage } }: RecordQuestion) {
  return {
    "code.lineage.source": lineage ? FROM_TRAINING : null,
    "code.lineage.parent_spec_fp": lineage?.parent_spec_fp ?? null,
    "code.lineage.parent_exec_fp": lineage?.parent_exec_fp ?? null,
    "code.lineage.parent_training_run_id":
      lineage?.parent_training_run_id ?? null,
  };
}

function edgeTags({ model, version, summary }: RecordQuestion) {
  return {
    "edge.spec_fp": model.spec_fp,
    "edge.exec_fp": model.exec_fp,
    "edge.verdict": model.verdict ?? "none",
    "edge.ships": String(model.ships),
    "edge.why": model.why,
    "edge.sentence": model.sentence,
    "edge.engine": model.engine,
    "edge.status": model.status,
    "edge.exceptions": model.exceptions.join("; "),
    "edge.version": version,
    "edge.reproduce": model.reproduce,
    "edge.publication": summary.publication.status,
    // What MLflow's page of a run shows on top, as Markdown.
    "mlflow.note.content": `${model.ships ? "May ship" : "May not ship"}: ${prose(model.sentence)}`,
  };
}

function sourceTags({ source, store, publication }: Summary) {
  return {
    "mlflow.source.git.commit": source.git_sha,
    "mlflow.source.name": source.job_url ?? "model-to-edge",
    "mlflow.source.type": source.job_url ? "JOB" : "LOCAL",
    "edge.git_ref": source.git_ref,
    "edge.merge_request": text(source.merge_request),
    "edge.pipeline_url": source.pipeline_url,
    "edge.store": store.url,
    "edge.store_branch": store.branch,
    "edge.store_commit": store.commit,
    "edge.published_commit": publication.commit,
  };
}

/** Of all outputs the worst; what was not measured has no metric. */
function accuracy({ verdict }: RecordQuestion): Record<string, number> {
  const outputs = (verdict?.checks ?? []).flatMap(({ check, details }) =>
    check === "parity" ? (details.outputs ?? []) : [],
  );
  const ratios = outputs.flatMap((output) => overNoise(output) ?? []);
  const errors = outputs.flatMap(({ max_abs }) => max_abs ?? []);
  const sqnr = outputs.flatMap(({ sqnr_db }) => sqnr_db ?? []);

  return {
    ...(ratios.length > 0 && { "edge.error_over_noise": Math.max(...ratios) }),
    ...(errors.length > 0 && { "edge.max_abs": Math.max(...errors) }),
    ...(sqnr.length > 0 && { "edge.sqnr_db": Math.min(...sqnr) }),
  };
}

/** Of the element that the verdict speaks of, which lies in the channel whose noise is named. */
function overNoise({ worst, noise }: OutputReport): number | null {
  const error = Math.abs(Number(worst?.onnx) - Number(worst?.source));
  return noise !== null && noise > 0 && !Number.isNaN(error)
    ? error / noise
    : null;
}

function speed({
  performance,
  conversion,
}: RecordQuestion): Record<string, number> {
  const { p50_ms: p50 = null, p95_ms: p95 = null } = performance ?? {};
  const files = conversion.files.filter(({ place }) => place === "edge");
  const size =
    performance?.size_bytes ??
    files.find(({ path }) => path.endsWith(".onnx"))?.size;

  return {
    ...(p50 !== null && { "edge.p50_ms": p50 }),
    ...(p95 !== null && { "edge.p95_ms": p95 }),
    ...(size !== undefined && { "edge.size_bytes": size }),
  };
}

function text(value: number | null): string | null {
  return value === null ? null : String(value);
}
