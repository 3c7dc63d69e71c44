import { code, type Part, sentence } from "../text/message.ts";
import { additive, breaking, type Change } from "./change.ts";

/** So many classes are named. */
const NAMED = 3;

/** What changed in the list of classes; a name for numbers that had none is additive. */
export function compareClasses(
  was: readonly string[],
  is: readonly string[],
): Change[] {
  const moved = was
    .map((old, index) => ({ index, old, now: is[index] }))
    .filter(({ old, now }) => now !== undefined && old !== now);

  if (was.length === is.length && moved.length === 0) return [];
  if (was.length === 0)
    return [additive(sentence`the ${is.length} classes now have names`)];

  const counted =
    was.length === is.length
      ? []
      : [breaking(sentence`${count(was, is)}${ends(was, is)}`)];
  const renamed = moved
    .slice(0, NAMED)
    .map(({ index, old, now }) =>
      breaking(
        sentence`class ${index} was ${code(old)}, is ${code(now ?? "")}`,
      ),
    );
  const more = moved.length - renamed.length;

  return [
    ...counted,
    ...renamed,
    ...(more > 0
      ? [breaking(sentence`${more} more classes have different names`)]
      : []),
  ];
}

function count(was: readonly string[], is: readonly string[]): string {
  return `there were ${was.length} classes, now there are ${is.length}`;
}

/** The classes that came or went at the end of the list. */
function ends(was: readonly string[], is: readonly string[]): Part[] {
  const [longer, shorter, word] =
    is.length > was.length ? [is, was, "new"] : [was, is, "gone"];
  const names = longer.slice(shorter.length);
  const some = names.slice(0, NAMED).join(", ");
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";

  return sentence` (${word}: ${code(some)}${rest})`;
}
