import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Context } from "../context.ts";
import { withTemporaryFolder } from "../disk/temporary-folder.ts";
import { toJson, writeDocument, writeWhole } from "../document/document.ts";
import { GOLDEN_FILE } from "../model/layout.ts";
import { orMissing } from "../node-error.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { renderDiffPage } from "../report/diff-page.ts";
import { diffText } from "../report/diff-text.ts";
import type { DiffedModel, ModelDiff } from "../report/model-diff.ts";
import { plain } from "../text/message.ts";
import {
  type BothRan,
  type InputFile,
  runBoth,
} from "../validate/both/run-both.ts";
import { modelBytes } from "../validate/external-data.ts";
import { compareModels } from "../version/compare-models.ts";
import { compareOperators } from "../version/compare-operators.ts";
import { factsOf } from "../version/read-facts.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { numbersOf, picturesOf } from "./diff/diff-numbers.ts";
import {
  bringSide,
  type DiffSide,
  type DiffWish,
  modelOf,
} from "./diff/diff-place.ts";
import { mustBeApart } from "./run/apart-from-store.ts";
import { OUTPUT_LOCK } from "./run/clear-output.ts";
import { inOwnFolder } from "./run/own-output.ts";

/** A side, and its graph, read once. */
interface ReadSide extends DiffSide {
  graph: OnnxModel;
}

/**
 * Reports what changed from one converted model to another: contract, operators, size, and the numbers of both on the same
 * inputs. Each is a folder like `edge/<name>/`, a model of a store's branch, or a version of a registry. It judges nothing:
 * a difference is exit code 0.
 */
export async function diff(
  ctx: Context,
  io: CommandIo,
  [was, is]: readonly [string, string],
  flags: Flags,
): Promise<void> {
  const out = typeof flags.out === "string" ? flags.out : null;
  const found = (store: string) => {
    if (out !== null)
      mustBeApart(resolve(ctx.cwd, out), store, "--out", isOurs);
  };

  await withTemporaryFolder("model-to-edge-diff-", async (scratch) => {
    const [before, after] = [
      await broughtSide(ctx, {
        ...{ place: was, beside: is, flags, found },
        scratch: join(scratch, "was"),
      }),
      await broughtSide(ctx, {
        ...{ place: is, beside: was, flags, found },
        scratch: join(scratch, "is"),
      }),
    ];
    const compared = await runBoth(
      ctx,
      { was: before.subject, is: after.subject },
      await inputFiles(before, after),
      (ran) => written(ctx, { before, after, ran, out }),
    );

    io.print(flags.json ? toJson(compared) : diffText(compared));
  });
}

async function broughtSide(
  ctx: Context,
  { beside, ...wish }: Omit<DiffWish, "other"> & { beside: string },
): Promise<ReadSide> {
  const side = await bringSide(ctx, { ...wish, other: modelOf(beside) });
  return { ...side, graph: await readOnnx(side.subject.model) };
}

/** References say more than a golden input; those of the old model come first. */
async function inputFiles(was: ReadSide, is: ReadSide): Promise<InputFile[]> {
  const sides = [
    { side: was, name: "the old model" },
    { side: is, name: "the new model" },
  ];
  const references = sides.flatMap(({ side: { subject }, name }) =>
    subject.references === null
      ? []
      : [
          {
            path: subject.references,
            from: `references of ${name}`,
            isGolden: false,
          },
        ],
  );
  const golden: InputFile[] = [];
  for (const { side, name } of sides) {
    const path = join(side.subject.folder, GOLDEN_FILE);
    if (await orMissing(stat(path)))
      golden.push({ path, from: `golden input of ${name}`, isGolden: true });
  }

  return [...references, ...golden];
}

interface Finding {
  before: ReadSide;
  after: ReadSide;
  ran: BothRan | { why: string };
  /** Folder of the page and the document; null: none. */
  out: string | null;
}

async function written(
  ctx: Context,
  { before, after, ran, out }: Finding,
): Promise<ModelDiff> {
  const { level, changes } = compareModels(
    await factsOf(before.subject, before.graph),
    await factsOf(after.subject, after.graph),
  );
  const found: ModelDiff = {
    ...{ kind: "model-diff", version: 1 },
    ...{ was: await modelOfSide(before), is: await modelOfSide(after), level },
    changes: changes.map((change) => ({
      level: change.level,
      text: plain(change.parts),
    })),
    operators: compareOperators(before.graph, after.graph),
    numbers: numbersOf(ran, before.graph, after.graph),
    page: out === null ? null : join(out, PAGE),
  };
  if (out === null) return found;

  const { contract } = after.subject;
  const folder = resolve(ctx.cwd, out);
  const isRun = "parity" in ran;
  const page = renderDiffPage(found, {
    checks: isRun ? [ran.parity] : [],
    previews: isRun ? await picturesOf(ran, contract) : [],
    contract,
  });
  await inOwnFolder(ctx, folder, async () => {
    await writeDocument(join(folder, DOCUMENT), "model-diff", found);
    await writeWhole(join(folder, PAGE), page);
  });

  return found;
}

const PAGE = "diff.html";
const DOCUMENT = "diff.json";
const isOurs = (name: string) => [PAGE, DOCUMENT, OUTPUT_LOCK].includes(name);

async function modelOfSide({
  place,
  at,
  subject,
  graph,
  isHashed,
}: ReadSide): Promise<DiffedModel> {
  return {
    ...{ place, at, model: basename(subject.model), hashed: isHashed },
    size: await modelBytes(subject.model, graph),
  };
}
