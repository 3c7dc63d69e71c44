import { AppError } from "../../errors.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { Finding, SessionCheck } from "../check.ts";
import type { CheckName } from "../checks/registry.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Session } from "../runtime/session.ts";
import type { Subject } from "../subject.ts";

export interface SideBySideWork {
  subject: Subject;
  graph: OnnxModel;
  runtime: Runtime;
  /** In their order. */
  checks: readonly SessionCheck<CheckName>[];
}

export type NamedFinding = { check: CheckName; finding: Finding };

/**
 * Checks that compare with references beside those that need only inputs; each kind in its order. What they find is what
 * they find one after the other, or it is null and they must be run so: where one fails in another way than by its
 * finding, or where a comparison runs the model beyond the references, which leaves less room for those after it.
 */
export async function checkSideBySide({
  checks,
  ...model
}: SideBySideWork): Promise<NamedFinding[] | null> {
  const { runtime } = model;
  let isApart = true;
  const alone: Runtime = {
    ...runtime,
    session: beyondTold(runtime.session, () => {
      isApart = false;
    }),
  };

  const comparing = checks.filter(({ needs }) => needs === "references");
  const trying = checks.filter((check) => !comparing.includes(check));

  try {
    const found = await Promise.all([
      inTurn(comparing, { ...model, runtime: alone }),
      // Its runs count before those of the checks that ask for room.
      runtime.unoptimised.intermediate().then(() => inTurn(trying, model)),
    ]);

    return isApart ? found.flat() : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

async function inTurn(
  checks: readonly SessionCheck<CheckName>[],
  { subject, graph, runtime }: Omit<SideBySideWork, "checks">,
): Promise<NamedFinding[]> {
  const found: NamedFinding[] = [];
  for (const check of checks)
    found.push({
      check: check.name,
      finding: await check.run(subject, graph, runtime),
    });

  return found;
}

/** The same session, which tells of runs beyond the references. */
function beyondTold(session: Session, tell: () => void): Session {
  const told =
    <A extends unknown[], R>(run: (...words: A) => R) =>
    (...words: A): R => {
      tell();
      return run(...words);
    };

  return {
    ...session,
    run: told(session.run),
    runOnce: told(session.runOnce),
    probe: told(session.probe),
  };
}
