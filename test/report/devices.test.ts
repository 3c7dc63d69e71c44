import { describe, expect, it } from "vitest";
import { deviceTable } from "../../src/report/html/devices.ts";
import { html } from "../../src/report/html/markup.ts";
import { renderModelPage } from "../../src/report/model-page.ts";
import { toMessage } from "../../src/text/message.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import type { DeviceJudgement } from "../../src/validate/checks/profile.ts";
import { reportModel } from "../support/report-model-sample.ts";
import { sampleConversion, sampleSummary } from "../support/report-samples.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";
import { renderRunPage } from "../support/whole-reports.ts";

const DEVICE = {
  id: "camera",
  title: "Our <camera>",
  runtime: "TensorRT 8.6",
  problems: [],
  warnings: [],
};
const ASKED = {
  ...DEVICE,
  falls_back: [
    {
      provider: "fast",
      otherwise: "the CPU",
      nodes: 3,
      operators: ["Det", "TopK"],
    },
  ],
  not_judged: ["Loop: with care"],
};
const check = (
  status: CheckResult["status"],
  profiles: DeviceJudgement[],
): CheckResult => ({
  check: "profile",
  status,
  message: toMessage("said"),
  details: { evidence: "table-only", profiles },
});
const text = (page: string) =>
  page.replace(/<style>.*?<\/style>|<[^>]*>/gs, " ").replace(/\s+/g, " ");
const said = (result: CheckResult) =>
  text(html`${deviceTable([result], "d")}`.markup);

describe("the table of devices", () => {
  it("is not there where the check did not run", () => {
    expect(deviceTable([], "d")).toBeNull();
    expect(
      deviceTable([{ ...check("skip", []), details: {} }], "d"),
    ).toBeNull();
  });

  it("says that nothing was run, and whether somebody asked", () => {
    expect(said(check("skip", [DEVICE]))).toMatch(
      /^ No device is configured\. 1 of 1 known devices would load it\. .*nothing was run on a device/,
    );
    expect(said(check("pass", [DEVICE]))).toContain(
      "The model must load on each of them",
    );
  });

  it("takes one line where nobody asked, with those that would not load it", () => {
    const old = { ...DEVICE, id: "old", problems: ["opset 18"] };
    const { markup } =
      html`${deviceTable([check("skip", [DEVICE, old])], "d")}`;

    expect(markup).toMatch(
      /^<details><summary>No device is configured\. 1 of 2 known devices would load it, not old\.<\/summary>/,
    );
    const asked = html`${deviceTable([check("fail", [DEVICE, old])], "d")}`;
    expect(asked.markup).not.toMatch(/^<details/);
  });

  it("answers for each device with the reason, and escapes what it is told", () => {
    const wrong = {
      ...DEVICE,
      id: "old",
      problems: ["opset 18 is newer than 17"],
    };
    const page = html`${deviceTable([check("fail", [DEVICE, wrong])], "d")}`
      .markup;
    expect(page).toContain("Our &lt;camera&gt;");
    expect(text(page)).toMatch(
      /camera .* TensorRT 8\.6 yes .*old .* no opset 18 is newer than 17/,
    );
  });

  it("shows warnings, slower nodes, and what nobody judged", () => {
    const page = said(
      check("warn", [{ ...ASKED, warnings: ["labels become int32"] }]),
    );
    expect(page).toMatch(
      /yes labels become int32 fast leaves 3 nodes to the CPU: Det, TopK/,
    );
    expect(page).toMatch(
      /restrictions of operators, not judged Loop: with care/,
    );
  });

  it("stands on the model's page and on the run's, once, and not among the details of the check", () => {
    const verdict = sampleVerdict({ checks: [check("skip", [DEVICE])] });
    const model = renderModelPage({
      ...reportModel(),
      verdict,
      conversion: sampleConversion(),
    });
    const run = renderRunPage({
      docs: "https://git.test/docs",
      summary: sampleSummary(),
      models: [{ ...reportModel(), verdict }],
      version: "1",
    });
    for (const page of [model, run])
      expect(page.match(/Our &lt;camera&gt;/g)).toHaveLength(1);
  });
});
