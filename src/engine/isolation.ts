import { UsageError } from "../errors.ts";
import { tryAnotherUser } from "./another-user.ts";
import { tryBubblewrap } from "./bubblewrap.ts";
import type {
  Isolation,
  IsolationContext,
  Unreachable,
} from "./isolation-level.ts";
import { tryLandlock } from "./landlock.ts";
import { leaks, lookAround, reached, type Sight } from "./self-test.ts";

type Rung = (
  ctx: IsolationContext,
  reads: readonly string[],
) => Promise<Isolation | Unreachable>;

/** The strongest first. */
const LADDER: readonly Rung[] = [tryBubblewrap, landlockRung, tryAnotherUser];

/**
 * The strongest isolation that works here, and what a process of it reached when it was tried: bubblewrap, Landlock,
 * another user, none. `reads` are folders that the process must be able to read: another user may not.
 * Throws `UsageError` where one is required and none keeps the job's secrets and the network away.
 */
export async function chooseIsolation(
  ctx: IsolationContext,
  wanted: "auto" | "required" | "none",
  reads: readonly string[] = [],
): Promise<Isolation> {
  if (wanted === "none") return noIsolation("as requested");

  const reasons: string[] = [];

  for (const rung of LADDER) {
    const isolation = await rung(ctx, reads);

    if ("because" in isolation) {
      reasons.push(isolation.because);
      continue;
    }

    const sight = await lookAround(ctx, isolation);
    const says = sentence(isolation, sight);
    if (wanted === "auto" || (sight && !leaks(sight)))
      return { ...isolation, says };

    reasons.push(says);
  }

  if (wanted === "auto") return noIsolation(reasons.join("; "));

  throw new UsageError(
    `isolation is required, but this machine offers none that blocks secrets and the network: ${reasons.join("; ")}`,
    {
      code: "isolation-unreachable",
      hint: "use a kernel with Landlock (5.13 or newer), or install bubblewrap on the runner and allow user namespaces; isolation: auto also runs with a weaker level",
    },
  );
}

/** As root beside another user, who may not signal the job's processes; alone where he cannot read the engine. */
async function landlockRung(
  ctx: IsolationContext,
  reads: readonly string[],
): Promise<Isolation | Unreachable> {
  const user = await tryAnotherUser(ctx, reads);
  const beside = "level" in user ? await tryLandlock(ctx, user) : user;

  return "level" in beside ? beside : tryLandlock(ctx);
}

function sentence({ says }: Isolation, sight: Sight | null): string {
  if (sight === null) return `${says}; what it can reach was not measured`;

  const found = reached(sight);
  return found.length === 0
    ? `${says}; measured: it cannot reach anything of the job`
    : `${says}; measured: it can reach ${found.join(", ")}`;
}

function noIsolation(why: string): Isolation {
  return {
    level: "none",
    hasOwnUser: false,
    says: `none, only environment variables are removed; the model's code can read everything that this job can (${why})`,
    prepare: async () => undefined,
    wrap: async (command, args) => ({ command, args }),
    end: async () => null,
    takeBack: async () => undefined,
  };
}
