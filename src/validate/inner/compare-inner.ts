import type { Tolerance } from "../../config/policy.ts";
import type { OutputReport } from "../output-report.ts";
import { caseOutputs } from "../parity/case-outputs.ts";
import { channelAxis } from "../parity/channels.ts";
import { type Collector, createCollector } from "../parity/collect.ts";
import { isExact } from "../parity/output-plan.ts";
import type { InnerKind, ReferenceCase, References } from "../references.ts";
import type { Feeds } from "../runtime.ts";
import { innerShapes } from "./inner-cases.ts";
import { type Absent, calledInner } from "./inner-names.ts";

/** What the tensors inside of the graph were found to be. */
export interface InnerComparison {
  /** By whose they are; empty where the references name none. */
  reports: Record<InnerKind, OutputReport[]>;
  /** Tensors of the references that could not be compared. */
  absent: Absent[];
  /** Cases that ran. */
  cases: string[];
}

/** Of references that name no inner tensors. */
export const NO_INNER: InnerComparison = { reports: { source: [], rewritten: [] }, absent: [], cases: [] };

/** Judges inner tensors a case at a time, so that no case is held in memory. */
export interface InnerCollector {
  add(one: ReferenceCase, given: Feeds): Promise<void>;
  result(absent: readonly Absent[]): InnerComparison;
}

export function createInnerCollector(
  references: References,
  names: readonly string[],
  cases: readonly ReferenceCase[],
  tolerance: Tolerance,
): InnerCollector {
  const ran: string[] = [];
  const collectors = names.map((name): [InnerKind, Collector] => [
    references.inner.get(name) ?? "source",
    createCollector({
      name,
      called: calledInner(name),
      axis: channelAxis(innerShapes(name, cases), null),
      evidence: hasFp64(name, cases) ? "fp64" : "none",
      proved: false,
      tolerance,
    }),
  ]);
  return {
    async add(one, given) {
      ran.push(one.name);
      for (const [, collector] of collectors) await collector.add(caseOutputs(one, given, references, "inner"));
    },
    result(absent) {
      const of = (kind: InnerKind) =>
        collectors.flatMap(([whose, collector]) => (whose === kind ? collector.reports() : []));
      return {
        reports: { source: of("source"), rewritten: of("rewritten") },
        absent: [...absent],
        cases: ran,
      };
    },
  };
}

function hasFp64(name: string, cases: readonly ReferenceCase[]): boolean {
  const having = cases.filter(({ inner }) => inner.fp32.has(name) || inner.fp64.has(name));
  return having.length > 0 && having.every(({ inner }) => inner.fp32.has(name) && isExact(inner.fp64.get(name)));
}
