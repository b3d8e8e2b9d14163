import protobuf from 'protobufjs';

/** A name for something generated for a type, such as `read_scheduler_Event`. */
export function functionName(what: string, type: protobuf.Type | protobuf.Enum): string {
  return `${what}${type.fullName.replaceAll('.', '_')}`;
}

function reaches(from: protobuf.Type, target: protobuf.Type, seen: Set<protobuf.Type>): boolean {
  return from.fieldsArray.some(({ resolvedType }) => {
    if (!(resolvedType instanceof protobuf.Type) || seen.has(resolvedType)) return false;
    seen.add(resolvedType);
    return resolvedType === target || reaches(resolvedType, target, seen);
  });
}

/** Whether messages of this type may lie in one another without end. */
export function containsItself(type: protobuf.Type): boolean {
  return reaches(type, type, new Set());
}
