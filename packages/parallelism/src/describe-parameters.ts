import { z } from 'zod';

/** What a person is told of a parameter. */
export interface ParameterDescription {
  readonly name: string;
  readonly isRequired: boolean;
  /** Such as `integer`, or the values that it may have. */
  readonly kind: string;
  readonly default?: unknown;
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

/** The parameters of a strategy or a merge, in the order in which it names them. */
export function describeParameters({
  parameters,
}: {
  readonly parameters: z.ZodType;
}): ParameterDescription[] {
  const { properties = {}, required = [] } = z.toJSONSchema(parameters, {
    io: 'input',
    unrepresentable: 'any',
  });
  return Object.entries(properties).map(([name, property]) => {
    const { type, enum: values, default: ifAbsent } = property as Property;
    return {
      name,
      isRequired: required.includes(name),
      kind: values ? values.join(' | ') : (type ?? 'any'),
      ...(ifAbsent !== undefined && { default: ifAbsent }),
    };
  });
}
