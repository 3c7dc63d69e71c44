// The words of CONTRIBUTING.md's "Style": what no text for people uses, and
// what stands in its place.

const say = String.raw;

/** `words` as a regular expression; `instead` as a person reads it. */
export const BANNED = [
  [say`(?<!\b(?:there|what) )\bis no (?!longer\b|more\b)`, "is not a …"],
  [say`(?<!\bthere )\bare no (?!longer\b|more\b)`, "are not …"],
  [say`\bshall\b`, "should, or must"],
  [say`\bexcused?\b`, "within tolerance"],
  [say`\bpartners?\b`, "match"],
  [say`(?<!\b(?:make|be) )\bsure(?:r|st)?\b`, "confident"],
  [say`\bnear(?:er)?\b`, "close"],
  [say`\bturned over\b`, "flipped"],
  [say`\bnoticed\b`, "detected"],
  [say`\bwhoever\b`, "anyone who"],
  [say`\bbelieved?\b`, "trusted"],
  [say`\bsomebody\b`, "someone"],
  [say`\bmend(?:s|ed|ing)?\b`, "fix"],
  [say`\bcut off\b`, "truncated"],
  [say`\bno such thing\b`, "there is no …"],
  [say`\bas asked\b`, "as requested"],
  [say`\bgreens\b`, "passing verdicts"],
  [say`\btensors before the outputs\b`, "intermediate tensors"],
  [say`\bto note\b`, "warning"],
  [say`\bsee it again\b`, "reproduce"],
  [say`\bhow it goes\b`, "how it works"],
  [say`\bsurvives? all\b`, "does not crash on"],
  [
    say`\b(?:GitLab|lakeFS|doctor|log|runtime|engine|program|server|job|command) says?\b`,
    "reports",
  ],
  [
    say`\bwhere (?:there (?:is|are)|it (?:has|does|stays|fails)|they do|that (?:is|does)|one is|none|nobody|nothing)\b`,
    "if",
  ],
  [say`(?<![-\w.'"])colors?(?![-:=\w'"])`, "colour"],
  [say`\bbehaviors?\b`, "behaviour"],
  [say`\bgr[a]y\b`, "grey"],
  [
    say`\b(?:optim|quant|serial|recogn|organ|summar|minim|maxim|util|synchron|general)iz(?:es?|ed|ing|ations?)\b`,
    "-ise (British spelling)",
  ],
  [
    say`\b(?:canceled|canceling|labeled|analyz(?:e[ds]?|ing)|favor(?:ite)?s?)\b`,
    "British spelling",
  ],
  [say`\bnormaliz(?:ed|ing|ations?)\b`, "-ise (British spelling)"],
].map(([words, instead]) => ({ words: new RegExp(words, "gi"), instead }));
