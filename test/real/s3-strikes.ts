import type { Exchange, FaultProxy } from "../support/fault-proxy.ts";
import { allStrikes, type Strike, someOf } from "../support/recorded-faults.ts";
import { ALL_S3, type S3Kind } from "../support/s3-servers.ts";

/** What befalls one call of a command on S3, and perhaps all calls after it. */
export interface S3Strike extends Omit<Strike, "fault"> {
  fault: Strike["fault"] | null;
  /** Every call after it meets the same. */
  isForGood: boolean;
  /** Whether the process is killed while the call is under way; without a fault the call arrives all the same. */
  isKill: boolean;
}

const REFUSED = { refuse: "AccessDenied" } as const;
const ONCE = { isForGood: false, isKill: false };

/** All that can befall the calls of a good command, one by one. */
function s3Strikes(calls: readonly Exchange[]): S3Strike[] {
  const faults = allStrikes(calls).map((strike) => ({ ...strike, ...ONCE }));
  const others = calls.flatMap((exchange, call) => {
    const says = (way: string) =>
      `${exchange.method} ${nameOf(exchange)} (${call}): ${way}`;
    const strike = (way: string, fault: S3Strike["fault"], more = {}) => ({
      ...{ call, fault, says: says(way), ...ONCE, ...more },
    });
    const forGood = { isForGood: true };
    return [
      strike("403", REFUSED),
      strike("403 for good", REFUSED, forGood),
      strike("503 for good", 503, forGood),
      strike("reset for good", "reset", forGood),
      strike("killed before", "reset", { isKill: true }),
      strike("killed after", null, { isKill: true }),
    ];
  });

  return [...faults, ...others].map((strike) => ({
    ...strike,
    says: withoutNames(strike.says),
  }));
}

/** Ways that a program answers alike: of each row a call meets one, the next call the next one. */
const ALIKE = [
  ["delay", "stall", "reset", "429", "500", "503"],
  ["reset for good", "503 for good"],
];

/**
 * Those of all that are tried: three in `npm test`; by `npm run test:s3` all that differ at each call on versitygw, and 45 of
 * them on moto, which is slower and has the same proxy before it. `FIRE`: so many of all on each, `all` for all.
 */
export function chosenStrikes(
  calls: readonly Exchange[],
  kind: S3Kind,
  isMeant: (strike: S3Strike) => boolean = () => true,
): S3Strike[] {
  const all = s3Strikes(calls).filter(isMeant);
  const { FIRE } = process.env;
  if (FIRE === "all") return all;
  if (FIRE || !ALL_S3) return someOf(all, Number(FIRE ?? 3));

  const differing = all.filter(({ call, says }) => {
    const way = says.slice(says.lastIndexOf(": ") + 2);
    const alike = ALIKE.find((row) => row.includes(way));
    return !alike || alike[call % alike.length] === way;
  });
  return kind === "versitygw" ? differing : someOf(differing, 45);
}

/** Plans the strike for the next command; the function says afterwards whether a call met it. */
export function planS3(
  proxy: FaultProxy,
  { call, fault, isForGood, isKill }: S3Strike,
  kill: () => void = () => undefined,
): () => boolean {
  let seen = 0;
  let isMet = false;
  proxy.forget();
  if (isKill)
    proxy.before(
      () => seen === call,
      async () => kill(),
    );
  proxy.fail(
    () => {
      const isHere = seen++ === call;
      isMet ||= isHere;
      return fault !== null && (isHere || (isForGood && seen > call));
    },
    fault ?? "reset",
    Number.POSITIVE_INFINITY,
  );

  return () => isMet;
}

/** Lists are told apart by what they list. */
function nameOf({ path, query }: Exchange): string {
  return `${path}?${query.get("prefix") ?? ""}`;
}

function withoutNames(says: string): string {
  return says
    .replaceAll(/\/?b-[0-9a-f]{8}\//g, "")
    .replaceAll(/team\/[0-9a-f]{6}\//g, "")
    .replaceAll(/\b[0-9a-f]{64}\b|\bCOMMIT\b/g, "SHA256")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/mte-draft-[^/ ]+/g, "DRAFT");
}
