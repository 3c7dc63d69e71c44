import { describe, expect, it } from "vitest";
import { reportModel } from "../support/report-model-sample.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";
import { pageText, runPage } from "./render-pages.ts";

describe("the run's page", () => {
  it("says what happened, where the result is, and shows every model", () => {
    const page = pageText(runPage());
    expect(page).toMatch(
      /detector may ship The edge model is published\. Where to find it .* Where the result is Published at 4e07408562/,
    );
    expect(page).toContain(
      "model-to-edge fetch lakefs://vision/4e07408562be/detector detector",
    );
    expect(page).toContain("model-to-edge verify detector");
    expect(page).toContain(
      "download 0.4 s, engine 38 s, checks 4.1 s, upload 0.9 s",
    );
    expect(page).toContain("model-to-edge 1.2.3 · 1 model · exit code 0");
  });

  it("leads to the documentation: of the cause, and of what green means", () => {
    const model = summaryModel({
      ships: false,
      why: "mismatch",
      because: [{ text: "it does not fit" }],
      reasons: [
        {
          check: "checkpoint-mismatch",
          status: "failed",
          code: "checkpoint-mismatch",
          parts: [],
        },
      ],
    });
    const page = runPage({ summary: sampleSummary({ models: [model] }) });

    expect(page).toContain(
      'It does not fit. <a href="https://git.test/docs/errors.md#checkpoint-mismatch" rel="noreferrer">More about this</a>',
    );
    expect(page).toContain('href="https://git.test/docs/what-green-means.md"');
  });

  it("folds green models where there are several, and opens red ones", () => {
    const red = summaryModel({
      name: "b",
      verdict: "fail",
      ships: false,
      why: "wrong",
      next: [{ text: "train again" }],
    });
    const summary = sampleSummary({ models: [summaryModel(), red] });
    const page = runPage({
      summary,
      models: [reportModel(), reportModel({ summary: red })],
    });
    expect(
      [
        ...page.matchAll(
          /<details class="card model"( open)?><summary>.*?<h2 id="model-\w+">(\w+)/g,
        ),
      ].map(([, open, name]) => [name, open]),
    ).toEqual([
      ["b", " open"],
      ["detector", undefined],
    ]);
    expect(pageText(page)).toMatch(
      /1 of 2 models may not ship: b b : .*What to do next: Train again\. The edge models are published/,
    );
  });

  it("says of an unchanged model where its evidence is, and nothing of this run's tools", () => {
    const summary = summaryModel({ status: "unchanged", timings: {} });
    const page = (copy: string | null, url: string | null) =>
      runPage({
        summary: sampleSummary({ models: [summary] }),
        models: [
          reportModel({
            ...{ summary, conversion: null, verdict: null },
            published: { copy, url, path: "evidence/detector/report.html" },
          }),
        ],
      });
    expect(page("published/detector.html", null)).toContain(
      'The evidence is in <a href="published/detector.html">',
    );
    expect(page(null, "https://lakefs.test/x")).toContain(
      '<a href="https://lakefs.test/x" rel="noreferrer"><code>evidence/detector/report.html</code></a> in the store',
    );
    expect(pageText(page(null, null))).toMatch(
      /The evidence is in evidence\/detector\/report\.html in the store\./,
    );
    expect(pageText(page(null, null))).not.toMatch(
      /Made with model-to-edge|How it was made|Took/,
    );
  });

  it("shows a run that did nothing", () => {
    const publication = {
      status: "none",
      commit: null,
      url: null,
      reason: null,
      fetch: null,
      verify: null,
    } as const;
    const notices = ["the store has no branch feature--foo"];
    const page = pageText(
      runPage({
        summary: sampleSummary({ models: [], publication, notices }),
        models: [],
      }),
    );
    expect(page).toMatch(
      /Nothing to do Nothing was published: publication was not requested\. Notices the store has no branch/,
    );
  });
});

it("the page gives one cause of many models once, with the first names", () => {
  const models = [..."abcdefg", "fine"].map((name) =>
    name === "fine"
      ? summaryModel({ name })
      : summaryModel({
          ...{ name, ships: false, why: "wrong", verdict: "fail" },
          ...{ because: [{ text: "y differs" }], next: [{ text: "train" }] },
        }),
  );
  const page = runPage({ summary: sampleSummary({ models }) });

  expect(page.split("</section>")[0]?.match(/What to do next/g)).toHaveLength(
    1,
  );
  expect(page).toMatch(
    /<a href="#model-a"><code>a<\/code><\/a>, .*<code>e<\/code><\/a> and 2 more: Y differs\./,
  );
});
