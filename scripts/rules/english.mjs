// Nothing in src branches on English: a better sentence changes no behaviour.
import { withoutComments } from "./comments.mjs";
import { lineAt } from "./sources.mjs";

/** Files that read the words of others, who give no code; and why. */
const FOREIGN = {
  "src/gitlab/reverted-requests.ts":
    "Git tells in the message of a commit alone what it reverts",
  "src/gitlab/gitlab-error.ts": "looks for a secret, not for words",
  "src/gitlab/request-state.ts": "GitLab's 404 names the branch in words only",
  "src/validate/runtime/ort-fault.ts": "ONNX Runtime gives no code in Node",
  "src/validate/worker/memory-room.ts": "Linux names a limit in words only",
  "src/network/permanent-failure.ts":
    "undici gives a refused tunnel in words only",
  "src/store/lakefs/hook-refusal.ts": "lakeFS tells of hooks in words only",
  "src/store/lakefs/refusal-kind.ts":
    "lakeFS tells its refusals apart in words only",
  "src/store/lakefs/repository.ts": "an S3 code that the client puts in words",
};

const PROSE =
  "\\w*(?:[mM]essage|[sS]entence|[rR]eason|[hH]int|[hH]eadline|[tT]itle" +
  "|[aA]nswer|[bB]ecause|[sS]tderr|doing|why)";
const COMPARE =
  "(?:includes|startsWith|endsWith|match|matchAll|search|indexOf|lastIndexOf)";
const PHRASE = "[A-Za-z]{2,},? [A-Za-z]{2,}";

const PATTERNS = [
  // message.includes(…), also after .toLowerCase() or a line break
  `\\b${PROSE}\\b\\)?(?:\\s*\\??\\.\\w+\\([^()]*\\))*\\s*\\??\\.${COMPARE}\\(`,
  // /x/.test(message), /x/.exec(error.message)
  `\\.(?:test|exec)\\(\\s*(?:[\\w?!]+\\.)*${PROSE}\\b`,
  // anything.includes("two words"), === "two words", case "two words":
  `\\.${COMPARE}\\(\\s*["\`][^"\`\\n]*${PHRASE}`,
  `(?:[!=]==\\s*|\\bcase\\s+)["\`][^"\`\\n]*${PHRASE}`,
  // /two words/.test(anything), anything.match(/two words/)
  `/[^/\\n]*${PHRASE}[^/\\n]*/[a-z]*\\s*\\.(?:test|exec)\\(`,
  `\\.(?:match|matchAll|search)\\(\\s*/[^/\\n]*${PHRASE}`,
].map((source) => new RegExp(source, "g"));

/** One problem a place in src that decides by the words of a sentence. */
export function branchesOnEnglish(sources) {
  return [...sources]
    .filter(([path]) => path.startsWith("src/") && !(path in FOREIGN))
    .flatMap(([file, text]) => placesIn(withoutComments(text), file));
}

function placesIn(code, file) {
  const places = PATTERNS.flatMap((pattern) => [...code.matchAll(pattern)]);
  const lines = new Map(
    places.map((match) => [
      lineAt(code, match.index),
      match[0].replaceAll(/\s+/g, " ").trim(),
    ]),
  );
  return [...lines].map(([line, found]) => ({
    file,
    line,
    message: `\`${found}\` branches on words: let a code or a type carry it`,
  }));
}
