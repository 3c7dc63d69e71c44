import { describe, expect, it } from "vitest";
import { toMessage } from "../../src/text/message.ts";
import { sampleConversion } from "../support/report-samples.ts";
import {
  sampleBehaviour,
  sampleOutput,
  sampleVerdict,
} from "../support/verdict-samples.ts";
import { modelPage, pageText } from "./render-pages.ts";

describe("the model's page", () => {
  it("answers first, and shows what was compared", () => {
    expect(pageText(modelPage())).toMatch(
      /^\s*detector may ship Edge model, checked.* detector may ship On ONNX Runtime \(CPU\) it matches/,
    );
    expect(pageText(modelPage())).toContain(
      "Source and edge model · 4 boxes, the 2 most confident are drawn",
    );
    expect(pageText(modelPage())).toMatch(/dets float32 \[1, 100, 5\]/);
    expect(
      pageText(modelPage({ conversion: sampleConversion({ why: "wrong" }) })),
    ).toMatch(/detector may not ship: wrong/);
  });

  it("shows intermediate tensors, and under behaviour the sample that agrees least", () => {
    const checks = [...sampleVerdict().checks, sampleBehaviour()];
    const page = modelPage({ verdict: sampleVerdict({ checks }) });
    const said = pageText(page);
    expect(said).toMatch(
      /Intermediate tensors compared .* raw\.cls_scores\.2 float32/,
    );
    expect(said).toMatch(
      /Behaviour: the sample that agrees least 5 of 7 confident boxes .*real-0 : 1 box differs.*Source&#39;s own prediction · 3 boxes, 1 only here/,
    );
    expect(page.match(/<use href="#picture-least-0"/g)).toHaveLength(2);
    const silent = modelPage({ verdict: sampleVerdict({ checks: [] }) });
    expect(pageText(silent)).not.toMatch(/Behaviour|Intermediate/);
  });

  it("says at its top what the model is", () => {
    expect(pageText(modelPage())).toMatch(
      /What it is Task object detection Input batch × 3 × 160 × 160 float32 Classes 3: car, person, sign Opset 11 Made with mmdeploy 1\.3\.1 Side by side/,
    );
    expect(pageText(modelPage({ contract: null }))).toMatch(
      /What it is Made with mmdeploy 1\.3\.1 Side by side/,
    );
  });

  it("draws an output that is unproven neither red nor in a green area", () => {
    const output = sampleOutput({ status: "fail", kind: "unproven" });
    const page = modelPage({
      verdict: sampleVerdict({
        checks: [
          {
            check: "parity",
            status: "fail",
            kind: "unproven",
            message: toMessage("too little"),
            details: { outputs: [output] },
          },
        ],
      }),
    });
    const [table] = /<table>.*?<\/table>/s.exec(page) ?? [""];
    expect(table).toContain('class="icon unproven"');
    expect(table).toContain('class="room unproven"');
    expect(table).not.toMatch(/(icon|room) fail/);
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
    const page = pageText(
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
      'aria-label="dets: largest difference 0.1, allowed 1.0e-5, noise 1.0e-6"',
    );
    const [, limit, error] =
      /class="limit" d="M([\d.]+)[\s\S]*?cx="([\d.]+)"/.exec(page) ?? [];
    expect(Number(error)).toBeGreaterThan(Number(limit) + 50);
  });
});
