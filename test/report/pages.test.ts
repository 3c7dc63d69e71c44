import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toMessage } from "../../src/message.ts";
import { renderModelPage } from "../../src/report/model-page.ts";
import { renderRunPage } from "../../src/report/run-page.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import {
  reportModel,
  sampleBehaviour,
  sampleConversion,
  sampleOutput,
  samplePng,
  sampleSummary,
  sampleVerdict,
  summaryModel,
} from "../support/report-samples.ts";

const modelPage = (
  change: Partial<Parameters<typeof renderModelPage>[0]> = {},
) =>
  renderModelPage({
    ...reportModel(),
    verdict: sampleVerdict(),
    conversion: sampleConversion(),
    ...change,
  });
const runPage = (change: Partial<Parameters<typeof renderRunPage>[0]> = {}) =>
  renderRunPage({
    summary: sampleSummary(),
    models: [reportModel()],
    version: "1.2.3",
    ...change,
  });
const text = (page: string) =>
  page.replace(/<style>.*?<\/style>|<[^>]*>/gs, " ").replace(/\s+/g, " ");

describe("the model's page", () => {
  it("answers first, and shows what was compared", () => {
    expect(text(modelPage())).toMatch(
      /^\s*detector may ship Edge model, checked.* detector may ship On ONNX Runtime CPU it computes/,
    );
    expect(text(modelPage())).toContain(
      "Source · 4 boxes, the 2 surest are drawn",
    );
    expect(text(modelPage())).toMatch(/dets float32 \[1, 100, 5\]/);
    expect(
      text(modelPage({ verdict: sampleVerdict({ outcome: "fail" }) })),
    ).toMatch(/detector may not ship/);
  });

  it("draws both sides' boxes with class and score over one copy of the picture", () => {
    const page = modelPage();
    expect(
      page.match(/id="picture-seen-0" [^>]*data:image\/png/g),
    ).toHaveLength(1);
    expect(page.match(/<use href="#picture-seen-0"/g)).toHaveLength(2);
    expect(page.match(/>car 0\.93</g)).toHaveLength(2);
    expect(
      page.match(/<rect x="22" y="60" width="62" height="68"/g),
    ).toHaveLength(2);
  });

  it("shows tensors before the outputs, and under behaviour the sample that agrees least", () => {
    const checks = [...sampleVerdict().checks, sampleBehaviour()];
    const page = modelPage({ verdict: sampleVerdict({ checks }) });
    const said = text(page);
    expect(said).toMatch(
      /Tensors before the outputs compared .* raw\.cls_scores\.2 float32/,
    );
    expect(said).toMatch(
      /Behaviour: the sample that agrees least 5 of 7 sure boxes .*Source&#39;s own prediction · 3 boxes person/,
    );
    expect(page.match(/<use href="#picture-least-0"/g)).toHaveLength(2);
    const silent = modelPage({ verdict: sampleVerdict({ checks: [] }) });
    expect(text(silent)).not.toMatch(/Behaviour|Tensors before/);
  });

  it("writes no caption over a surer one's, and none beyond the edge", () => {
    const twins = [
      [100, 60, 159, 90, 0.9, 0],
      [100, 60, 159, 90, 0.8, 1],
    ];
    const boxes = [{ case: "real-0", source: twins, edge: twins }];
    const parity = {
      check: "parity",
      status: "pass",
      message: toMessage("m"),
      details: { boxes },
    } as const;
    const page = modelPage({ verdict: sampleVerdict({ checks: [parity] }) });
    expect(page.match(/<rect x="100" y="60"/g)).toHaveLength(4);
    expect(
      [...page.matchAll(/<text x="([\d.]+)" y="58"[^>]*>([^<]*)/g)].map(
        ([, , said]) => said,
      ),
    ).toEqual(["car 0.9", "car 0.9"]);
  });

  it("shows pictures with most boxes first, and none that has no boxes beside them", () => {
    const previews = ["a", "b", "random-0"].map((name) => ({
      case: name,
      png: samplePng(8, 8),
    }));
    const box = [1, 1, 5, 5, 0.9, 0];
    const boxes = [
      { case: "a", source: [], edge: [] },
      { case: "b", source: [box], edge: [box] },
    ];
    const parity = {
      check: "parity",
      status: "pass",
      message: toMessage("m"),
      details: { boxes },
    } as const;
    const page = text(
      modelPage({ previews, verdict: sampleVerdict({ checks: [parity] }) }),
    );
    expect(page).toMatch(/Case b car .*Case a Source · 0 boxes/);
    expect(page).not.toContain("random-0");
  });

  it("shows where the two differ", () => {
    const boxes = [
      { case: "real-0", source: [[1, 2, 30, 40, 0.9, 0]], edge: [] },
    ];
    const parity = {
      check: "parity",
      status: "fail",
      kind: "wrong",
      message: toMessage("a box is missing"),
      details: { boxes },
    } as const;
    const page = text(
      modelPage({
        verdict: sampleVerdict({ outcome: "fail", checks: [parity] }),
      }),
    );
    expect(page).toContain("Source · 1 box ");
    expect(page).toContain("Edge model · 0 boxes");
    expect(page).toContain("wrong : a box is missing");
  });

  it("draws the surest of very many boxes, and says so", () => {
    const many = Array.from({ length: 100 }, (_, index) => [
      index,
      1,
      index + 9,
      20,
      index / 1000,
      0,
    ]);
    const boxes = [{ case: "real-0", source: many, edge: many }];
    const parity = {
      check: "parity",
      status: "pass",
      message: toMessage("equal"),
      details: { boxes },
    } as const;
    const page = modelPage({ verdict: sampleVerdict({ checks: [parity] }) });
    expect(text(page)).toContain("100 boxes, the 20 surest are drawn");
    expect(page.match(/<rect x="\d+" y="1" /g)).toHaveLength(40);
  });

  it("is the same bytes for the same result: no time, pipeline, commit or duration", () => {
    const slow = sampleConversion({
      timings: { engine: 999 },
      isolation: "none",
    });
    expect(modelPage({ conversion: slow })).toBe(modelPage());
    expect(modelPage()).not.toMatch(/git\.test|\b20\d\d-\d\d/);
  });

  it("leaves out what it does not know", () => {
    const bare = sampleConversion({
      environment: {},
      inputs: [],
      warnings: [],
      fingerprint: null,
    });
    const page = text(
      modelPage({
        previews: [],
        conversion: bare,
        verdict: sampleVerdict({ checks: [] }),
      }),
    );
    expect(page).not.toMatch(
      /side by side|Outputs compared|Checks|Warnings|Made from|undefined|null|NaN/,
    );
  });

  it("survives details of any shape: they come from a document", () => {
    for (const details of [
      { outputs: "x", boxes: 1 },
      { outputs: [null, {}], boxes: [{ case: 1 }, null] },
      { boxes: [{ case: "real-0", source: [["a"]], edge: [] }] },
    ]) {
      const parity = {
        check: "parity",
        status: "pass",
        message: toMessage("m"),
        details,
      } as unknown as CheckResult;
      expect(
        text(modelPage({ verdict: sampleVerdict({ checks: [parity] }) })),
      ).toContain("Case real-0");
    }
  });

  it("shows the room below the limit", () => {
    const outputs = [
      sampleOutput({
        status: "fail",
        tolerance: 1e-5,
        noise: 1e-6,
        max_abs: 0.1,
        worst: null,
      }),
    ];
    const parity = {
      check: "parity",
      status: "fail",
      kind: "wrong",
      message: toMessage("m"),
      details: { outputs },
    } as const;
    const page = modelPage({ verdict: sampleVerdict({ checks: [parity] }) });
    expect(page).toContain(
      'aria-label="dets: error 0.1, allowed 1.0e-5, noise 1.0e-6"',
    );
    const [, limit, error] =
      /class="limit" d="M([\d.]+)[\s\S]*?cx="([\d.]+)"/.exec(page) ?? [];
    expect(Number(error)).toBeGreaterThan(Number(limit) + 50);
  });
});

describe("the run's page", () => {
  it("says what happened, where the result is, and shows every model", () => {
    const page = text(runPage());
    expect(page).toMatch(
      /detector may ship The edge models are published\. Where the result is Published at 4e07408562/,
    );
    expect(page).toContain("lakectl fs download --recursive");
    expect(page).toContain(
      "download 0.4 s, engine 38 s, validate 4.1 s, stage 0.9 s",
    );
    expect(page).toContain("model-to-edge 1.2.3 · 1 model · exit code 0");
  });

  it("folds green models where there are several, and opens red ones", () => {
    const red = summaryModel({
      name: "b",
      verdict: "fail",
      next: "train again",
    });
    const summary = sampleSummary({ models: [summaryModel(), red] });
    const page = runPage({
      summary,
      models: [reportModel(), reportModel({ summary: red })],
    });
    expect(
      [
        ...page.matchAll(
          /<details class="card"( open)?><summary>.*?<h2>(\w+)/g,
        ),
      ].map(([, open, name]) => [name, open]),
    ).toEqual([
      ["detector", undefined],
      ["b", " open"],
    ]);
    expect(text(page)).toContain("What to do next: train again");
  });

  it("shows a run that did nothing", () => {
    const publication = {
      status: "none",
      commit: null,
      url: null,
      reason: null,
      fetch: null,
    } as const;
    const notices = ["the store has no branch feature--foo"];
    const page = text(
      runPage({
        summary: sampleSummary({ models: [], publication, notices }),
        models: [],
      }),
    );
    expect(page).toMatch(
      /Nothing to do Nothing was published: nobody asked for it\. To know the store has no branch/,
    );
  });
});

describe("both pages", () => {
  it("forbid scripts and network, and hold none", () => {
    for (const page of [modelPage(), runPage()]) {
      expect(page).toMatch(
        /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[\w+/=]{44}&#39;; img-src data:/,
      );
      expect(page).not.toMatch(
        /<script|<link|<iframe|\son\w+=|@import|url\(|style="|src=/,
      );
    }
    expect(modelPage()).not.toMatch(/https?:/);
  });

  it("stay whole whatever the names and messages are", () => {
    const bits = [
      "<script>alert(1)</script>",
      "</style>",
      "</pre>",
      "\"'",
      "&",
      "`",
      "\u202e",
      "-->",
      "]]>",
      "javascript:x",
    ];
    const foreign = fc
      .array(fc.constantFrom(...bits), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join(""));
    const skeleton = (page: string) =>
      page
        .replace(/<style>.*?<\/style>/s, "")
        .match(/<\/?[a-z0-9]+/g)
        ?.join("");
    const render = (word: string) => {
      const model = summaryModel({
        name: word,
        sentence: word,
        next: word,
        reproduce: word,
        engine: word,
        isolation: word,
      });
      const check = {
        check: word,
        status: "fail",
        kind: "wrong",
        message: toMessage(word),
        details: { deep: { [word]: word } },
      } as unknown as CheckResult;
      const verdict = sampleVerdict({
        name: word,
        sentence: word,
        reproduce: word,
        checks: [check],
      });
      const conversion = sampleConversion({
        engine: word,
        warnings: [word],
        environment: { [word]: word, packages: { [word]: word } },
      });
      const publication = {
        status: "published",
        commit: word,
        url: word,
        reason: word,
        fetch: word,
      } as const;
      const source = {
        ...sampleSummary().source,
        pipeline_url: word,
        job_url: word,
        git_ref: word,
      };
      const summary = sampleSummary({
        models: [model],
        notices: [word],
        publication,
        source,
      });
      const models = [
        reportModel({ summary: model, verdict, conversion, classes: [word] }),
      ];
      return (
        renderRunPage({ summary, models, version: word }) +
        renderModelPage({ verdict, conversion, previews: [], classes: [word] })
      );
    };
    const expected = skeleton(render("x"));
    fc.assert(
      fc.property(foreign, (word) => {
        const pages = render(word);
        expect(skeleton(pages)).toBe(expected);
        expect(pages).not.toMatch(/href="(?!https?:|#picture|data:image\/png)/);
      }),
      { numRuns: 200 },
    );
  });
});
