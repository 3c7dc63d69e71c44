import { describe, expect, it } from "vitest";
import { ExternalError } from "../../src/errors.ts";
import {
  readSeconds,
  SECONDS_KEY,
  secondsText,
} from "../../src/plan/last-seconds.ts";
import { withSeconds } from "../../src/plan/with-seconds.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

const MONTH = 30 * 24 * 3600;

describe("the seconds of a commit", () => {
  it("are whole, the dearest first, and read back as they were written", () => {
    const text = secondsText([
      { name: "quick", seconds: 0.2 },
      { name: "7", seconds: 60 },
      { name: 'a "b"', seconds: 900.4 },
      { name: "__proto__", seconds: 3 },
    ]);
    expect(text).toBe('{"a \\"b\\"":901,"7":60,"__proto__":3,"quick":1}');
    expect([...readSeconds(text)].sort()).toEqual([
      ["7", 60],
      ["__proto__", 3],
      ['a "b"', 901],
      ["quick", 1],
    ]);
  });

  it("are those of the dearest where there are too many, in 16 KiB", () => {
    const took = Array.from({ length: 2000 }, (_, i) => ({
      ...{ name: `modèle-${i}`, seconds: i + 1 },
    }));
    const text = secondsText(took) ?? "";
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16 << 10);
    expect(Buffer.byteLength(text)).toBeGreaterThan((16 << 10) - 40);
    const known = readSeconds(text);
    expect(known.get("modèle-1999")).toBe(2000);
    expect(Math.min(...known.values())).toBe(2001 - known.size);
  });

  it("are not told where nothing was measured", () => {
    const odd = [0, -1, Number.NaN, Number.POSITIVE_INFINITY];
    expect(
      secondsText(odd.map((seconds) => ({ name: "a", seconds }))),
    ).toBeNull();
    expect(secondsText([])).toBeNull();
  });

  it("that people wrote are read as far as they make sense", () => {
    const damaged = [
      ...["", "{", "null", "[1,2]", "7", '"a"', undefined, null, 5, {}],
      `{"a":1,"b":"${"x".repeat(16 << 10)}"}`,
    ];
    for (const text of damaged) expect(readSeconds(text).size).toBe(0);

    const odd =
      '{"a":-1,"b":0,"c":"9","d":1e999,"e":null,"f":{"a":1},"g":1e12,"h":2.5}';
    expect([...readSeconds(odd)]).toEqual([
      ["g", MONTH],
      ["h", 2.5],
    ]);
  });
});

describe("a plan with the seconds of its models", () => {
  const model = (name: string, change = {}) =>
    plannedModel({ name, ...change });
  const known = async (
    names: ReturnType<typeof model>[],
    records: (Record<string, string> | Error)[],
  ) => {
    const [warned, asked] = [[] as string[], [] as string[]];
    const ctx = {
      signal: new AbortController().signal,
      log: { warn: (line: string) => warned.push(line) },
    };
    const store = {
      async *records(at: string) {
        asked.push(at);
        for (const [i, record] of records.entries()) {
          if (record instanceof Error) throw record;
          yield { id: String(i), metadata: record };
        }
      },
    };
    const plan = samplePlan({ models: names });
    const made = await withSeconds(
      ctx as unknown as Parameters<typeof withSeconds>[0],
      store,
      plan,
    );
    return {
      seconds: made.models.map(({ seconds }) => seconds),
      warned,
      asked,
    };
  };

  it("has the newest that is told, of those that are converted", async () => {
    const models = [
      model("a"),
      model("b"),
      model("new"),
      model("same", { decision: "unchanged" }),
      model("checked", { decision: "recheck" }),
    ];
    const { seconds, asked } = await known(models, [
      { [SECONDS_KEY]: '{"a":-5,"same":9,"checked":9}' },
      { [SECONDS_KEY]: "people were here" },
      { other: "key" },
      { [SECONDS_KEY]: '{"a":20}' },
      { [SECONDS_KEY]: '{"a":10,"b":30}' },
    ]);
    expect(seconds).toEqual([20, 30, undefined, undefined, undefined]);
    expect(asked).toEqual(["sha256-1"]);
  });

  it("asks the store nothing where there is nothing to spread", async () => {
    const { asked } = await known(
      [model("a"), model("b", { decision: "unchanged" })],
      [{ [SECONDS_KEY]: '{"a":1}' }],
    );
    expect(asked).toEqual([]);
  });

  it("is made also where the store does not tell them all, and says so", async () => {
    const gone = new ExternalError("no answer", {
      code: "store-failed",
      hint: "-",
    });
    const { seconds, warned } = await known(
      [model("a"), model("b")],
      [{ [SECONDS_KEY]: '{"b":4}' }, gone],
    );
    expect(seconds).toEqual([undefined, 4]);
    expect(warned).toEqual([expect.stringMatching(/by size: no answer$/)]);
  });
});
