/** An address as it may be printed: without user, password, query and fragment. Text that is not an address stays. */
export function plainUrl(text: string): string {
  return text.replace(
    /^(\s*[a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*).*$/is,
    "$1$2",
  );
}
