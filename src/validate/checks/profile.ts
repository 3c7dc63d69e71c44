import {
  builtInProfiles,
  findProfile,
  resolveProfile,
} from "../../config/read-profiles.ts";
import {
  type Finding,
  type GraphCheck,
  passed,
  skipped,
  warned,
  wrong,
} from "../check.ts";
import { modelBytes } from "../external-data.ts";
import { judgeProfile } from "../profile/judge-profile.ts";
import type { Judgement } from "../profile/judgement.ts";

/** What is always known of a device; the rest only where somebody asked for it. */
export type DeviceJudgement = Pick<
  Judgement,
  "id" | "title" | "runtime" | "problems" | "warnings"
> &
  Partial<Judgement>;

interface ProfileDetails {
  evidence: "table-only";
  profiles: DeviceJudgement[];
}

/** Would the device's runtime load it? By tables: nothing is run. */
export const profile: GraphCheck<"profile", ProfileDetails> = {
  name: "profile",
  title: "the runtimes of devices",
  question:
    "would the runtimes of the configured devices load it, according to their tables?",
  next: null,
  canBeSwitchedOff: false,
  needs: "graph",
  async run({ model, policy, opsetOption = null }, graph) {
    const known = await builtInProfiles();
    const judged = {
      graph,
      bytes: await modelBytes(model, graph),
      opsetOption,
    };
    if (policy.profiles.length === 0)
      return unasked(known.map((each) => judgeProfile(judged, each, known)));

    const named = policy.profiles.map(({ id, own }) =>
      own === null ? findProfile(known, id) : resolveProfile(own.table, known),
    );

    return judgeAll(named.map((each) => judgeProfile(judged, each, known)));
  },
};

/** No device is named: nothing is required, and the table is a service. */
function unasked(judgements: readonly Judgement[]): Finding<ProfileDetails> {
  const profiles = judgements.map(
    ({ id, title, runtime, problems, warnings }) => ({
      id,
      title,
      runtime,
      problems,
      warnings,
    }),
  );
  return skipped(
    "no device is configured; add `profiles: [...]` to conversion.yaml",
    {
      evidence: "table-only",
      profiles,
    },
  );
}

/** One device that would not load it is enough. */
function judgeAll(judgements: Judgement[]): Finding<ProfileDetails> {
  const details: ProfileDetails = {
    evidence: "table-only",
    profiles: judgements,
  };
  const refusing = judgements.filter(({ problems }) => problems.length > 0);

  if (refusing.length > 0)
    return wrong(
      said(refusing, ({ problems }) => problems),
      details,
    );

  const ids = judgements.map(({ id }) => id).join(", ");
  const losing = judgements.filter(({ warnings }) => warnings.length > 0);

  if (losing.length > 0)
    return warned(
      said(losing, ({ warnings }) => warnings),
      details,
    );

  return passed(
    `${ids}: can load it according to the documentation's tables (not run on a device)`,
    details,
  );
}

function said(
  judgements: readonly Judgement[],
  what: (judgement: Judgement) => string[],
): string {
  const texts = judgements.map(
    (each) => `${each.id} (${each.runtime}): ${what(each).join("; ")}`,
  );
  return `according to the documentation's tables (not run on a device), ${texts.join("; ")}`;
}
