import { describe } from "vitest";
import { storeConformance } from "../store/conformance.ts";
import { inputsConformance } from "../store/conformance-inputs.ts";
import { lakefsUnderTest } from "../store/lakefs-under-test.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("on a real lakeFS server", () => {
  const lakefs = useLakefs(parts);

  storeConformance("lakeFS", () => lakefsUnderTest(lakefs.server));
  inputsConformance("lakeFS", () => lakefsUnderTest(lakefs.server));
});
