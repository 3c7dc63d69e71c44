import type { Verdict } from "../../validate/verdict.ts";
import { boxPairsOf } from "../parity-details.ts";
import type { ReportModel } from "../report-model.ts";
import { type Content, html } from "./markup.ts";
import { partsMarkup } from "./parts.ts";
import { pictures } from "./pictures.ts";

type Seen = Pick<ReportModel, "previews" | "classes"> & {
  verdict: Verdict;
  /** Of the model in its page. */
  id: string;
};

/** The model's pictures with what both frameworks found. */
export function seenSideBySide({
  verdict,
  previews,
  classes,
  id,
}: Seen): Content {
  return pictures({
    previews,
    classes,
    pairs: boxPairsOf(verdict),
    id: `${id}-seen`,
    source: "Source",
  });
}

/** Of a detector: the sample in which the edge model and the source's own prediction agree least. */
export function leastAgreed({ verdict, previews, classes, id }: Seen): Content {
  const pairs = boxPairsOf(verdict, "behaviour");
  const known = previews.filter((preview) =>
    pairs.some((pair) => pair.case === preview.case),
  );

  const check = verdict.checks.find((result) => result.check === "behaviour");
  if (known.length === 0 || !check) return null;

  return html`<p>${partsMarkup(check.message.parts)}</p>${pictures({ previews: known, classes, pairs, id: `${id}-least`, source: "Source's own prediction", all: true })}`;
}
