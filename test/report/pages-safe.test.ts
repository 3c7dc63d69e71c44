import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderModelPage } from "../../src/report/model-page.ts";
import { toMessage } from "../../src/text/message.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import { reportModel, sampleContract } from "../support/report-model-sample.ts";
import {
  sampleConversion,
  sampleSummary,
  summaryModel,
} from "../support/report-samples.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";
import { renderRunPage } from "../support/whole-reports.ts";
import { modelPage, runPage } from "./render-pages.ts";

describe("both pages", () => {
  it("forbid network and scripts but the run's own, by its hash", () => {
    const policy = (page: string) =>
      /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const hash = "&#39;sha256-[\\w+/=]{44}&#39;";
    const rest =
      "img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;";
    const start = `^default-src &#39;none&#39;; style-src ${hash};`;
    expect(policy(modelPage())).toMatch(new RegExp(`${start} ${rest}$`));
    expect(policy(runPage())).toMatch(
      new RegExp(`${start} script-src ${hash}; ${rest}$`),
    );

    expect(modelPage()).not.toContain("<script");
    expect(runPage().match(/<script/g)).toHaveLength(1);
    for (const page of [modelPage(), runPage()])
      expect(page.replace(/<script>.*<\/script>/s, "")).not.toMatch(
        /<link|<iframe|\son\w+=|@import|url\(|style="|src=/,
      );
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
    // Backticks in a notice mark code, so that there may be more or less of it.
    const skeleton = (page: string) =>
      page
        .replace(/<style>.*?<\/style>/s, "")
        .replace(/<script>.*<\/script>/s, "")
        .match(/<\/?[a-z0-9]+/g)
        ?.filter((tag) => !/^<\/?code$/.test(tag))
        .join("");
    const render = (word: string) => {
      const model = summaryModel({
        name: word,
        answer: [{ code: word }, { text: word }],
        because: [{ text: word }, { name: word }],
        next: [{ text: word }],
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
        answer: [{ text: word }],
        because: [{ code: word }],
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
        verify: word,
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
        reportModel({
          published: { copy: null, url: word, path: word },
          summary: model,
          verdict,
          conversion,
          contract: sampleContract({ classes: [word], task: word }),
        }),
      ];
      return (
        renderRunPage({
          summary,
          models,
          version: word,
          docs: "https://git.test/docs",
        }) +
        renderModelPage({
          verdict,
          conversion,
          previews: [],
          contract: sampleContract({ classes: [word] }),
        })
      );
    };
    const expected = skeleton(render("x"));
    fc.assert(
      fc.property(foreign, (word) => {
        const pages = render(word);
        expect(skeleton(pages)).toBe(expected);
        expect(pages).not.toMatch(
          /href="(?!https?:|#picture|#model-|#legend|#where|data:image\/png)/,
        );
      }),
      { numRuns: 200 },
    );
  });
});
