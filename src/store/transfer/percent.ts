/** Text for a URL's path or query as S3's signature has it: all but letters, digits and `-_.~` as UTF-8 in `%XX`. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
