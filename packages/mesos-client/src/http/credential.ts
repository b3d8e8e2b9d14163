/** What a framework or operator proves itself with: HTTP Basic authentication. */
export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

/** The header that carries a credential, if there is one. */
export function authorizationHeader(credential: Credential | undefined): Readonly<Record<string, string>> {
  if (!credential) return {};
  const pair = Buffer.from(`${credential.principal}:${credential.secret}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}
