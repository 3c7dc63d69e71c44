import { describe, expect, it } from "vitest";
import { readCiVariables } from "../src/environment/ci-variables.ts";
import { spanOf, startSteps, waitingSpans } from "../src/timeline.ts";

const at = (seconds: number) =>
  new Date(Date.UTC(2026, 0, 1, 12) + seconds * 1000);

describe("steps on the clock", () => {
  it("follow one another", () => {
    let now = 0;
    const clock = startSteps(() => at(now));
    clock.begin("a");
    now = 2;
    clock.begin("b");
    now = 2.5;
    expect(clock.end()).toEqual([
      { step: "a", started: "2026-01-01T12:00:00.000Z", seconds: 2 },
      { step: "b", started: "2026-01-01T12:00:02.000Z", seconds: 0.5 },
    ]);
  });

  it("take no negative time where the clock was set back", () => {
    expect(spanOf("a", at(5), at(3)).seconds).toBe(0);
  });
});

describe("what came before the program", () => {
  const waiting = (variables: Record<string, string>) =>
    waitingSpans(readCiVariables(variables), at(30)).map(
      ({ step, seconds }) => [step, seconds],
    );
  const created = "2026-01-01T12:00:00Z";
  const started = "2026-01-01T12:00:20Z";

  it("is the queue and the job's set-up", () => {
    expect(
      waiting({
        CI_PIPELINE_CREATED_AT: created,
        CI_JOB_STARTED_AT: started,
      }),
    ).toEqual([
      ["queue", 20],
      ["set-up", 10],
    ]);
  });

  it.each([
    ["outside of GitLab", {}, []],
    ["with a word for a time", { CI_JOB_STARTED_AT: "soon" }, []],
    [
      "where the server's clock is ahead",
      { CI_JOB_STARTED_AT: "2026-01-01T12:01:00Z" },
      [],
    ],
    [
      "where the pipeline began after its job",
      {
        CI_JOB_STARTED_AT: started,
        CI_PIPELINE_CREATED_AT: "2026-01-01T12:00:25Z",
      },
      [["set-up", 10]],
    ],
  ])("is not made up %s", (_, variables, expected) => {
    expect(waiting(variables)).toEqual(expected);
  });
});
