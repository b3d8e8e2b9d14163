import { type Codec, createCodec, MesosError, type Messages } from '@galaxy-mesos/mesos-client';
import { formatOf } from '../http/negotiation.ts';
import { badRequest, type PlainReply, text } from '../http/reply.ts';

/** A message that is a call: it has a type. */
type CallMessage = { [Name in keyof Messages]: Name extends `${string}.Call` ? Name : never }[keyof Messages];

/** Which call an endpoint takes. */
export interface CallKind<Name extends CallMessage> {
  readonly message: Name;
  /** Fields without which the message does not even parse. */
  readonly required?: readonly string[];
}

/** The call, or why it is none. */
export type Parsed<Call> = { readonly call: Call } | { readonly refusal: PlainReply };

type Json = Readonly<Record<string, unknown>>;

const conversion = 'Failed to convert JSON into Call protobuf: ';
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Words of the engine for what follows a complete value, and where. */
const trailing = /non-whitespace character after JSON at position (\d+)/;
const position = /at position (\d+)/;

function syntaxError(body: string, cause: unknown): PlainReply {
  const words = String(cause);
  const after = trailing.exec(words)?.[1];
  if (after !== undefined) {
    const rest = body.slice(body.slice(0, Number(after)).trimEnd().length);
    const problem = `Parsed JSON included non-whitespace trailing characters: ${rest}`;
    return badRequest(`Failed to parse body into JSON: ${problem}`);
  }
  const near = body.slice(Number(position.exec(words)?.[1] ?? body.length));
  return badRequest(`Failed to parse body into JSON: syntax error at line 1 near: ${near}`);
}

/** The first value of a field of this name, anywhere below. */
function find(json: unknown, field: string): unknown {
  if (typeof json !== 'object' || json === null) return undefined;
  if (field in json) return (json as Json)[field];
  return Object.values(json)
    .map((value) => find(value, field))
    .find((value) => value !== undefined);
}

/** How the client's codec says that a field is of another type. */
const wrongType = /in (?:field )?(?:[\w.]*\.)?(\w+), found (?:an )?(\w+)/;
const expectedBoolean = /expected (?:a )?bool/;

const notBase64 = /[^A-Za-z0-9+/=\s]/;

/** Says in Mesos's words what the codec of the client has found. */
function typeError(json: Json, cause: unknown): PlainReply {
  const [, field = '', found = ''] = wrongType.exec(String(cause)) ?? [];
  const value = find(json, field);
  const wrong = typeof value === 'string' ? notBase64.exec(value)?.[0] : undefined;
  if (String(cause).includes('expected bytes') && wrong !== undefined)
    return badRequest(
      `${conversion}Failed to base64 decode bytes field '${field}': Invalid character '${wrong}'`,
    );
  return badRequest(`${conversion}Not expecting a JSON ${found} for field '${field}'`);
}

/** Mesos takes booleans as text, and the client's codec, which never meets any, does not. */
function booleansOfText(json: Json): string {
  return JSON.stringify(json).replace(/"(true|false)"/g, '$1');
}

function decodeJson<Call>(codec: Codec<Call>, body: Uint8Array, json: Json): Parsed<Call> {
  try {
    return { call: codec.decode(body) };
  } catch (cause) {
    const corrected = Buffer.from(booleansOfText(json));
    if (!expectedBoolean.test(String(cause)) || corrected.equals(body))
      return { refusal: typeError(json, cause) };
    return decodeJson(codec, corrected, JSON.parse(corrected.toString()) as Json);
  }
}

function parseJson<Call>(codec: Codec<Call>, body: Uint8Array): Parsed<Call> {
  const words = Buffer.from(body).toString();
  let json: unknown;
  try {
    json = JSON.parse(words);
  } catch (cause) {
    return { refusal: syntaxError(words, cause) };
  }
  if (!isObject(json)) return { refusal: badRequest(`${conversion}Expecting a JSON object`) };
  const { type = null } = json;
  if (type !== null && typeof type !== 'string')
    return { refusal: badRequest(`${conversion}Not expecting a JSON ${typeof type} for field 'type'`) };
  return decodeJson(codec, body, json);
}

function parseProtobuf<Call>(codec: Codec<Call>, body: Uint8Array): Parsed<Call> {
  try {
    return { call: codec.decode(body) };
  } catch {
    return { refusal: badRequest('Failed to parse body into Call protobuf') };
  }
}

/** The required fields that are missing: those of the call itself, then the first of those below. */
function missingFields<Call>(codec: Codec<Call>, call: Json, required: readonly string[]): readonly string[] {
  const missing = required.filter((field) => call[field] === undefined);
  if (missing.length > 0) return missing;
  try {
    // An unset type is legal; that of the client's codec forbids some.
    codec.encode({ ...call, type: undefined } as Call);
  } catch (cause) {
    const path = /field ([^:]+): expected a value: the field is required/.exec(String(cause))?.[1];
    if (cause instanceof MesosError && path !== undefined) return [path];
  }
  return [];
}

/** Reads the call out of a body as Mesos 1.11.0 does, with its words for what is wrong. */
export function parseCall<Name extends CallMessage>(
  { message, required = [] }: CallKind<Name>,
  contentType: string | undefined,
  body: Uint8Array,
): Parsed<Messages[Name]> {
  if (contentType === undefined) return { refusal: badRequest("Expecting 'Content-Type' to be present") };
  const format = formatOf(contentType);
  if (!format)
    return {
      refusal: text(415, "Expecting 'Content-Type' of application/json or application/x-protobuf"),
    };
  const codec = createCodec(format, message);
  const parsed = format === 'json' ? parseJson(codec, body) : parseProtobuf(codec, body);
  if ('refusal' in parsed) return parsed;
  const missing = missingFields(codec, parsed.call as Json, required);
  if (missing.length === 0) return parsed;
  if (format === 'protobuf') return { refusal: badRequest('Failed to parse body into Call protobuf') };
  return { refusal: badRequest(`${conversion}Missing required fields: ${missing.join(', ')}`) };
}

/** The call in a body, or an empty one: for what is to be known of a request before it is judged. */
export function peekCall<Name extends CallMessage>(
  kind: CallKind<Name>,
  contentType: string | undefined,
  body: Uint8Array,
): Messages[Name] {
  const parsed = parseCall({ message: kind.message }, contentType ?? 'application/json', body);
  return 'call' in parsed ? parsed.call : ({} as Messages[Name]);
}
