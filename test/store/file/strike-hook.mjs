// Loaded by `--import` before a program of the tests: breaks one call of the file system below STRIKE_ROOT that changes
// something, and ends the process or lets the call fail as on a full disk. Without STRIKE_AT it counts them.
import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

const root = process.env.STRIKE_ROOT ?? "";
const at = Number(process.env.STRIKE_AT ?? -1);
/** Instead of STRIKE_AT: the rename to this path. */
const renamedTo = process.env.STRIKE_RENAMED_TO;
/**
 * `before`, `half`, `after`: killed then. `full`: half of it is done, and the disk is full. `stop`: stands still before it,
 * and writes its process id to STRIKE_STOPPED. `read-only`: no call is let through.
 */
const way = process.env.STRIKE_WAY ?? "";
const calls = [];

const isOurs = (path) => String(path).startsWith(root);
const die = () => {
  process.kill(process.pid, "SIGKILL");
  // Nothing else happens before the signal arrives.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
const full = () =>
  Object.assign(new Error("ENOSPC: no space left on device"), {
    ...{ code: "ENOSPC", errno: -28, syscall: "write" },
  });

const readOnly = () =>
  Object.assign(new Error("EROFS: read-only file system"), {
    ...{ code: "EROFS", errno: -30, syscall: "open" },
  });
const stop = () => {
  fs.writeFileSync(process.env.STRIKE_STOPPED ?? "", String(process.pid));
  process.kill(process.pid, "SIGSTOP");
};

/** Of a call that is done in steps: what is there when the first half is done. */
const HALVES = {
  writeFile: ([file, content]) =>
    fs.writeFileSync(
      file,
      Buffer.from(content).subarray(0, content.length / 2),
    ),
  "handle.writeFile": function ([content]) {
    fs.writeSync(this.fd, Buffer.from(content).subarray(0, content.length / 2));
  },
  copyFile: ([from, to]) => {
    const content = fs.readFileSync(from);
    fs.writeFileSync(to, content.subarray(0, content.length / 2));
  },
  cp: ([from, to]) => {
    const names = fs.readdirSync(from);
    const options = { recursive: true, verbatimSymlinks: true };
    fs.mkdirSync(to);
    for (const name of names.slice(0, Math.ceil(names.length / 2)))
      fs.cpSync(join(from, name), join(to, name), options);
  },
  rm: ([path]) => {
    const file = fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()
      ? fs
          .readdirSync(path, { recursive: true })
          .map((name) => join(path, name))
          .find((name) => !fs.lstatSync(name).isDirectory())
      : undefined;
    if (file) fs.rmSync(file);
  },
};
/** A full disk lets these do their work. */
const FREE = new Set(["rm", "unlink", "rmdir"]);

/** What happens before the call. */
function strike(this_, name, args) {
  if (way === "before") die();
  if (way === "stop") stop();
  const isFull = way === "full" && !FREE.has(name);
  if (way === "half" || isFull) HALVES[name]?.call(this_, args);
  if (way === "half") die();
  if (isFull) throw full();
}

function struck(name, real, pathsOf) {
  return async function (...args) {
    const paths = pathsOf.call(this, args);
    if (!paths.some(isOurs)) return real.apply(this, args);
    if (way === "read-only") throw readOnly();

    const mine = calls.push(name) - 1;
    const isStruck = renamedTo
      ? name === "rename" && paths.includes(renamedTo)
      : mine === at;
    if (!isStruck) return real.apply(this, args);

    strike(this, name, args);
    const result = await real.apply(this, args);
    if (way === "after") die();
    return result;
  };
}

const first = ([path]) => [path];
const second = ([, path]) => [path];
for (const [name, pathsOf] of Object.entries({
  ...{ mkdir: first, rm: first, writeFile: first, unlink: first, rmdir: first },
  ...{ rename: second, link: second, symlink: second, copyFile: second },
  ...{ cp: second, truncate: first },
}))
  promises[name] = struck(name, promises[name], pathsOf);

const places = new WeakMap();
const open = promises.open;
promises.open = async (path, flags, ...rest) => {
  const isWriting = typeof flags === "string" && /[wa+]/.test(flags);
  const work = isWriting ? struck("open", open, first) : open;
  const handle = await work(path, flags, ...rest);
  if (isOurs(path)) places.set(handle, String(path));
  patchHandles(Object.getPrototypeOf(handle));
  return handle;
};

let isPatched = false;
function patchHandles(prototype) {
  if (isPatched) return;
  isPatched = true;
  for (const name of ["sync", "writeFile", "write", "truncate"])
    prototype[name] = struck(`handle.${name}`, prototype[name], function () {
      return [places.get(this) ?? ""];
    });
}

syncBuiltinESMExports();

process.on("exit", () => {
  if (process.env.STRIKE_CALLS)
    fs.writeFileSync(process.env.STRIKE_CALLS, JSON.stringify(calls));
});
