import { describe, expect, it } from "vitest";
import { PIPELINE_ROWS } from "./pipeline-rows.ts";
import { mayPublish, read } from "./pipeline-variables.ts";

describe("readPipeline, by the pipeline's source,", () => {
  it.each(PIPELINE_ROWS)(
    "reads %s",
    (_, env, branch, kind, publishable, note, branchFrom) => {
      const pipeline = read(env);
      expect(pipeline).toMatchObject({
        branch,
        branchFrom,
        automatic: true,
        inCi: true,
      });
      expect(pipeline.source.kind).toBe(kind);
      expect(pipeline.note.allowed).toBe(note);
      expect(pipeline.note.reason === null).toBe(note);
      expect(pipeline.reason === null).toBe(branch !== null);
      expect(mayPublish(pipeline)).toBe(publishable);
      expect(pipeline.withheld === null).toBe(publishable || branch === null);
    },
  );
});
