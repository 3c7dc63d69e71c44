import type { Verdict } from "../../validate/verdict.ts";
import { boxPairsOf, casesOf, decisionsOf } from "../parity-details.ts";
import type { ReportModel } from "../report-model.ts";
import { boxFigure } from "./box-figure.ts";
import type { BoxPair } from "./boxes.ts";
import { type CaseName, caseTitle } from "./case-title.ts";
import { classFigure } from "./class-figure.ts";
import { compareBoxes, differences } from "./compare-boxes.ts";
import { type Content, html, type Markup } from "./markup.ts";
import { maskFigure } from "./mask-figure.ts";
import { partsMarkup } from "./parts.ts";
import { type Picture, picturesOf } from "./picture.ts";
import { type Sides, SOURCE_AND_EDGE } from "./sides.ts";

export type Seen = Pick<ReportModel, "previews" | "contract"> & {
  verdict: Pick<Verdict, "checks">;
  /** Whose the two sides are; default: the source and the edge model. */
  sides?: Sides;
  /** Of the model in its page. */
  id: string;
};

/** Samples that are shown. */
const MOST = 4;

/**
 * The model's samples with what both sides make of them: boxes, classes or maps. A picture is embedded once, and drawn
 * once where both sides look the same; samples with differences come first.
 */
export function seenSideBySide(seen: Seen): Content {
  const figures = figuresOf(seen).slice(0, MOST);

  return (
    figures.length > 0 &&
    html`<div class="samples">${figures}</div>${seen.previews.length > 0 && html`<p class="soft note">Pictures show the pixels that the model gets.</p>`}`
  );
}

function figuresOf({
  verdict,
  previews,
  contract,
  id,
  sides = SOURCE_AND_EDGE,
}: Seen): Markup[] {
  const pictures = picturesOf(previews, `${id}-seen`);
  const cases = casesOf(verdict);
  const named = (name: string): CaseName => ({
    name,
    file: cases.find((each) => each.name === name)?.file ?? null,
  });
  const pictureOf = (name: string) => pictures.get(name) ?? null;
  const labels = contract?.classes ?? [];

  const pairs = boxPairsOf(verdict).filter((pair) => pictures.has(pair.case));
  if (pairs.length > 0)
    return sorted(pairs).flatMap((pair) => {
      const picture = pictureOf(pair.case);
      const place = { ...named(pair.case), labels, sides };
      return picture ? boxFigure(picture, pair, place) : [];
    });

  const { classes, masks } = decisionsOf(verdict);
  if (classes.length + masks.length > 0)
    return [
      ...classes.map((each) =>
        classFigure(pictureOf(each.case), each, {
          ...named(each.case),
          ...{ labels, sides },
        }),
      ),
      ...masks.map((each) =>
        maskFigure(pictureOf(each.case), each, {
          ...named(each.case),
          ...{ labels, sides },
        }),
      ),
    ];

  return [...pictures].map(([name, picture]) =>
    plainFigure(picture, named(name)),
  );
}

function plainFigure(picture: Picture, name: CaseName): Markup {
  const { width, height } = picture;
  return html`<figure class="sample">${picture.embedded}<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name.file ?? name.name}">${picture.drawn}</svg><figcaption>${caseTitle(name)}</figcaption></figure>`;
}

/** Those that differ most first, then those with most boxes. */
function sorted(pairs: readonly BoxPair[]): BoxPair[] {
  const apart = (pair: BoxPair) =>
    differences(compareBoxes(pair.source, pair.edge));
  const boxes = ({ source, edge }: BoxPair) => source.length + edge.length;

  return pairs.toSorted((a, b) => apart(b) - apart(a) || boxes(b) - boxes(a));
}

/**
 * Of a detector: the sample in which the edge model and the source's own prediction agree least; nothing where both
 * look the same, for its picture stands above.
 */
export function leastAgreed({
  verdict,
  previews,
  contract,
  id,
}: Seen): Content {
  const pictures = picturesOf(previews, `${id}-least`);
  const cases = casesOf(verdict);
  const check = verdict.checks.find((result) => result.check === "behaviour");

  const figures = boxPairsOf(verdict, "behaviour").flatMap((pair) => {
    const picture = pictures.get(pair.case);
    const apart = differences(compareBoxes(pair.source, pair.edge));
    if (!picture || apart === 0) return [];
    const file = cases.find(({ name }) => name === pair.case)?.file ?? null;

    return boxFigure(picture, pair, {
      name: pair.case,
      file,
      labels: contract?.classes ?? [],
      sides: { source: "Source's own prediction", edge: "Edge model" },
      all: true,
    });
  });
  if (figures.length === 0 || !check) return null;

  return html`<p>${partsMarkup(check.message.parts)}</p><div class="samples">${figures}</div>`;
}
