import { getuid } from "node:process";
import { readSettings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { withPrivatePlace } from "../../convert/private-place.ts";
import { listEngines } from "../../engine/catalogue.ts";
import { resolveDevice } from "../../engine/device.ts";
import { engineEnvironment } from "../../engine/environment.ts";
import { chooseIsolation } from "../../engine/isolation.ts";
import { choosePython } from "../../engine/python-version.ts";
import { readablePackage } from "../../engine/readable-package.ts";
import { engineReads, type PlacedEngine } from "../../engine/run-engine.ts";
import { headOf } from "../../gitlab/git.ts";
import { type Finding, missing } from "./finding.ts";

/** What this machine has: ONNX Runtime, engines, isolation, a device, a Git branch. */
export async function machineFindings(ctx: Context): Promise<Finding[]> {
  return [
    await runtimeFinding(),
    await pythonFinding(ctx),
    ...(await engineFindings(ctx)),
    await deviceFinding(ctx),
    await gitFinding(ctx),
  ];
}

async function runtimeFinding(): Promise<Finding> {
  const what = "ONNX Runtime";
  try {
    const { runtimeVersion } = await import(
      "../../validate/runtime/onnx-runtime.ts"
    );
    return { what, state: "ok", says: runtimeVersion() };
  } catch (error) {
    const says =
      error instanceof Error
        ? (error.message.split("\n")[0] ?? "")
        : String(error);
    return {
      what,
      state: "missing",
      says,
      fix: "ONNXRUNTIME_NODE_INSTALL=skip npm ci",
    };
  }
}

/** The Python that `engine install` would take. */
async function pythonFinding(ctx: Context): Promise<Finding> {
  const what = "Python";
  try {
    const { python, version } = await choosePython(ctx);
    if (python) return { what, state: "ok", says: `${version} (${python})` };

    return {
      what,
      state: "note",
      says: "none is here",
      fix: "apt-get install python3 python3-venv (Debian 12: Python 3.11)",
    };
  } catch (error) {
    return missing(what, error);
  }
}

async function engineFindings(ctx: Context): Promise<Finding[]> {
  const engines: PlacedEngine[] = [];
  for (const engine of await listEngines(ctx))
    engines.push({
      ...engine,
      environment: await engineEnvironment(ctx, engine),
    });

  const wanted = ctx.environment.option("engine");
  const isOneThere = engines.some(({ environment }) => environment.installed);
  const findings = engines.map(({ name, environment }): Finding => {
    const what = `engine ${name}`;
    if (environment.installed)
      return { what, state: "ok", says: versionsIn(environment.versions) };

    // One is enough, unless it is another one that is asked for.
    const isNeeded = name === wanted || (wanted === null && !isOneThere);
    return {
      what,
      state: isNeeded ? "missing" : "note",
      says: "not installed",
      fix: `model-to-edge engine install ${name}`,
    };
  });

  return [...findings, await isolationFinding(ctx, engines)];
}

function versionsIn(versions: Record<string, string>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/** The level that a run would reach, with the engines where it would have them. */
function isolationFinding(
  given: Context,
  all: readonly PlacedEngine[],
): Promise<Finding> {
  return withPrivatePlace(async (place) => {
    const { ctx, engines } = await readablePackage(given, all, place);
    const reads = engines.flatMap((engine) =>
      engineReads(ctx.root, engine, engine.environment),
    );

    const { level, says } = await chooseIsolation(ctx, "auto", reads);
    const what = "isolation";
    return level === "none"
      ? { what, state: "note", says, fix: isolationFix(getuid?.()) }
      : { what, state: "ok", says };
  });
}

/** What brings a better level; `uid` is undefined where there are no users. Who is root is not told to be root. */
export function isolationFix(uid: number | undefined): string {
  const kernel =
    "use a kernel with Landlock (5.13 or newer), or install bubblewrap and allow user namespaces";
  return uid === 0
    ? kernel
    : `${kernel}, or run the job as root in its container`;
}

/** The device that a run on this machine, with this environment, would take. */
async function deviceFinding(ctx: Context): Promise<Finding> {
  const what = "device";
  try {
    const { device } = readSettings({ store: "file:///" }, ctx.environment);
    return { what, state: "ok", says: await resolveDevice(ctx, device) };
  } catch (error) {
    return missing(what, error);
  }
}

async function gitFinding(ctx: Context): Promise<Finding> {
  const { branch } = await headOf(ctx);
  return branch === null
    ? {
        what: "Git",
        state: "note",
        says: "no branch is checked out here: name the data branch with --model-branch",
      }
    : { what: "Git", state: "ok", says: `on branch ${branch}` };
}
