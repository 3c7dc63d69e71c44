// Which room of src may import from which: downwards only, see ORDER.
import { importsOf } from "./imports.mjs";

/** Every feature may import a value of these: they hold no rule of the domain. */
export const BASE = ["log", "environment", "document", "disk", "text"];

/** From the top to the bottom; rooms of one line may import each other. A file of src itself may stand in it too. */
export const ORDER = [
  ["commands"],
  ["report"],
  ["registry"],
  ["land"],
  ["publish"],
  ["convert"],
  ["version"],
  ["validate"],
  ["fleet"],
  ["plan"],
  ["attest"],
  ["model"],
  ["engine", "onnx", "store"],
  ["config", "gitlab"],
  ["child", "network"],
  ["context.ts"],
  ...BASE.map((room) => [room]),
];
/** Files of src itself that stand above all rooms; those that are named nowhere, below them. */
const ENTRIES = ["cli.ts", "main.ts", "worker.ts"];

/** One problem an import that goes upwards, or a room that has no place. */
export function upwardImports(sources) {
  return [...sources]
    .filter(([path]) => path.startsWith("src/"))
    .flatMap(([file, text]) => {
      if (levelOf(file) === null) return [unknownRoom(file)];
      return importsOf(file, text)
        .filter(({ to }) => (levelOf(to) ?? 0) > levelOf(file))
        .map(({ to, line }) => ({
          file,
          line,
          message: `${to} stands above: move what both need down, or hand it in`,
        }));
    });
}

/** Height in the order, 0 for what all may import; null: no place in it. */
function levelOf(path) {
  const [, room, inside] = path.split("/");
  if (ENTRIES.includes(room)) return ORDER.length + 1;

  const place = ORDER.findIndex((rooms) => rooms.includes(room));
  if (place >= 0) return ORDER.length - place;

  return inside ? null : 0;
}

function unknownRoom(file) {
  return {
    file,
    line: 1,
    message: "a room without a place in ORDER of scripts/rules/layers.mjs",
  };
}
