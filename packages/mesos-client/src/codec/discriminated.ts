interface Typed {
  readonly type?: string | undefined;
}

/** The types that a call, event or response may have, without UNKNOWN, which is never sent or meant. */
export type TypeOf<Message extends Typed> = Exclude<NonNullable<Message['type']>, 'UNKNOWN'>;

/** The payload of a type lies in the field of the same name in small letters. */
export type PayloadOf<Message extends Typed, Type extends string> =
  Lowercase<Type> extends keyof Message ? NonNullable<Message[Lowercase<Type>]> : undefined;

/**
 * A message of the Mesos API as a union over its `type`: each member has its own payload and no other.
 * `Optional` names the types whose payload may be left out.
 */
export type Discriminated<
  Message extends Typed,
  Type extends TypeOf<Message> = TypeOf<Message>,
  Optional extends string = never,
> = {
  [One in Type]: { readonly type: One } & (Lowercase<One> extends keyof Message
    ? One extends Optional
      ? { readonly [Field in Lowercase<One>]?: PayloadOf<Message, One> }
      : { readonly [Field in Lowercase<One>]: PayloadOf<Message, One> }
    : unknown);
}[Type];
