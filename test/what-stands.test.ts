import { expect, it } from "vitest";
import { ExternalError } from "../src/errors.ts";
import { orNothingStands, sayingWhatStands } from "../src/what-stands.ts";

const stopped = () =>
  new ExternalError("stopped", { code: "stopped", hint: "run it again" });
const fails = (error: unknown) => () => Promise.reject(error);
const NOTHING = "nothing was published";

it("says what stands from the outside to the inside, on the error itself", async () => {
  const error = stopped();
  const inner = () => sayingWhatStands(() => "b began", fails(error));

  await expect(sayingWhatStands(() => "a is there", inner)).rejects.toBe(error);
  expect(error.stands).toBe("a is there; b began");
});

it("says nothing where nothing was done, and of an error that is a bug", async () => {
  const [error, bug] = [stopped(), new TypeError("a bug")];
  await expect(sayingWhatStands(() => null, fails(error))).rejects.toBe(error);
  expect(error.stands).toBe(null);
  await expect(sayingWhatStands(() => "a", fails(bug))).rejects.toBe(bug);
});

it("takes a full disk for the error that people read", async () => {
  const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
  await expect(
    sayingWhatStands(() => "a is there", fails(full)),
  ).rejects.toMatchObject({ stands: "a is there" });
});

it("says that nothing stands only of what was stopped, and was not told more", async () => {
  const [calm, over] = [new AbortController(), new AbortController()];
  over.abort();
  const after = async (signal: AbortSignal, stands: string | null) => {
    const error = stopped();
    error.stands = stands;
    await expect(
      orNothingStands({ signal }, NOTHING, fails(error)),
    ).rejects.toBe(error);
    return error.stands;
  };

  expect(await after(calm.signal, null)).toBe(null);
  expect(await after(over.signal, null)).toBe(NOTHING);
  expect(await after(over.signal, "a is there")).toBe("a is there");
});
