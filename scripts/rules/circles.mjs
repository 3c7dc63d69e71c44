// No import circles in src, types and dynamic imports included.
import { importsOf } from "./imports.mjs";

/** One problem a circle, at an import that is part of it. */
export function importCircles(sources) {
  const graph = new Map(
    [...sources]
      .filter(([path]) => path.startsWith("src/"))
      .map(([path, text]) => [path, importsOf(path, text)]),
  );

  return circlesOf(graph).map((files) => {
    const inside = new Set(files);
    const from = files.at(-1);
    const step = graph.get(from).find(({ to }) => inside.has(to));
    return {
      file: from,
      line: step.line,
      message:
        `import circle of ${[...files].sort().join(", ")}: ` +
        "move what both sides need into a file below them",
    };
  });
}

/** Groups of files that reach each other (Tarjan's strong components). */
function circlesOf(graph) {
  const state = { index: new Map(), low: new Map(), stack: [], circles: [] };
  for (const file of graph.keys())
    if (!state.index.has(file)) visit(file, graph, state);
  return state.circles;
}

function visit(file, graph, state) {
  const { index, low, stack, circles } = state;
  index.set(file, index.size);
  low.set(file, index.get(file));
  stack.push(file);

  for (const { to } of graph.get(file)) {
    if (!graph.has(to)) continue;
    if (!index.has(to)) {
      visit(to, graph, state);
      low.set(file, Math.min(low.get(file), low.get(to)));
    } else if (stack.includes(to)) {
      low.set(file, Math.min(low.get(file), index.get(to)));
    }
  }

  if (low.get(file) !== index.get(file)) return;
  const circle = stack.splice(stack.indexOf(file));
  if (circle.length > 1) circles.push(circle);
}
