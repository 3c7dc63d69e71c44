import { describe, expect, it } from "vitest";
import { parseDuration } from "../../src/config/duration.ts";
import { originsOf, readSettings } from "../../src/config/settings.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { UsageError } from "../../src/errors.ts";

describe("settings", () => {
  it("take the flag before the variable before the default", () => {
    const env = readEnvironment({
      MODEL_TO_EDGE_DEVICE: "cpu",
      MODEL_TO_EDGE_STORE: "lakefs://a",
    });
    expect(readSettings({ device: "cuda:1" }, env)).toMatchObject({
      store: "lakefs://a",
      device: "cuda:1",
      publish: "all",
    });
    expect(
      originsOf({}, env).find(({ name }) => name === "device"),
    ).toMatchObject({ value: "cpu", from: "variable" });
  });

  it("treat an empty variable as not set, because a template cannot leave one out", () => {
    const env = readEnvironment({
      MODEL_TO_EDGE_MODEL_BRANCH: "",
      MODEL_TO_EDGE_FORCE: "",
      MODEL_TO_EDGE_TIMEOUT: "",
    });
    expect(readSettings({ store: "lakefs://a" }, env)).toMatchObject({
      modelBranch: null,
      force: false,
      timeoutMs: null,
    });
  });

  it.each([
    [{}, /--store \(or MODEL_TO_EDGE_STORE\) is needed/],
    [
      { store: "x", publish: "al" },
      /--publish cannot be "al": did you mean "all"\?/,
    ],
    [{ store: "x", device: "gpu" }, /--device must be auto, cpu or cuda:N/],
    [{ store: "x", timeout: "soon" }, /--timeout must be a duration/],
    [
      { store: "x", "model-path": "../x" },
      /--model-path must be a path inside the branch/,
    ],
    [
      { store: "x", "edge-path": ".hidden" },
      /--edge-path must be a path inside the branch/,
    ],
    [{ store: "x", "token-variable": "glpat-abc" }, /never a token itself/],
  ])("refuse %j", (flags, message) => {
    expect(() => readSettings(flags, readEnvironment({}))).toThrow(UsageError);
    expect(() => readSettings(flags, readEnvironment({}))).toThrow(message);
  });

  it("name all wrong values at once, and the variable where one came from there", () => {
    const env = readEnvironment({
      MODEL_TO_EDGE_FAIL_ON: "never",
      MODEL_TO_EDGE_FORCE: "yes",
    });
    expect(() => readSettings({ store: "x" }, env)).toThrow(
      /MODEL_TO_EDGE_FORCE \(--force\).*MODEL_TO_EDGE_FAIL_ON/,
    );
  });

  it("never print a value that may be a token", () => {
    expect(() =>
      readSettings(
        { store: "x", "token-variable": "glpat-secret" },
        readEnvironment({}),
      ),
    ).not.toThrow(/glpat/);
  });
});

describe("durations", () => {
  it.each([
    ["90s", 90_000],
    ["45m", 2_700_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["3600", 3_600_000],
  ])("reads %s", (text, milliseconds) =>
    expect(parseDuration(text)).toBe(milliseconds),
  );

  it.each(["", "0", "0s", "-1s", "1d", "m", "1m1h", "1.5h", "9".repeat(30)])(
    "refuses %j",
    (text) => expect(parseDuration(text)).toBeNull(),
  );
});
