/**
 * An address of any form, right or wrong, without what may be a user and a password: all that is left of the
 * last `@` but the scheme.
 */
export function withoutCredential(address: string): string {
  const end = address.lastIndexOf('@');
  if (end === -1) return address;
  const scheme = /^[a-z]+:\/\//i.exec(address)?.[0] ?? '';
  return `${scheme}***@${address.slice(end + 1)}`;
}
