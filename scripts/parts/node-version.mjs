// Which Node runs this program, asked before `npm ci`: it uses nothing but Node.

/** Whether a version as `22.12.0` is in a range as `^20.19.0 || >=24.0.0`: `engines` of package.json has these two forms. */
export function runsOn(range, version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);

  return lines(range).some((line) => {
    const isSame = major === line.major && minor >= line.minor;
    return isSame || (line.isOpen && major > line.major);
  });
}

/** The range for people: `20.19+, 22.12+ or 24+`. */
export function nodeWords(range) {
  const words = lines(range).map(
    ({ major, minor }) => `${minor === 0 ? major : `${major}.${minor}`}+`,
  );
  const last = words.pop();
  return words.length === 0 ? last : `${words.join(", ")} or ${last}`;
}

function lines(range) {
  return range.split(" || ").map((part) => {
    const [, sign, major, minor] = /^(\^|>=)(\d+)\.(\d+)\.0$/.exec(part) ?? [];
    if (sign === undefined)
      throw new Error(
        `engines of package.json: ${part} is not ^A.B.0 or >=A.B.0`,
      );
    return {
      major: Number(major),
      minor: Number(minor),
      isOpen: sign === ">=",
    };
  });
}
