type Message = Readonly<Record<string, unknown>>;

/** What is wrong with a message: the path of a field, beginning with a dot, and what was expected of it. */
export interface Problem {
  readonly path: string;
  readonly expected: string;
}

/**
 * A master counts calls by their type in a table that has no UNKNOWN, and aborts where it does not find the type
 * (`call_types.contains(callType)` in metrics.cpp). Evidence: test-fixtures/mesos-1.11.0/04-refusals.jsonl, lines
 * 224 to 226. No call of any API means anything with this type, so that all of them are refused.
 */
function unknownType(call: Message): Problem | undefined {
  if (call.type !== 'UNKNOWN') return undefined;
  return { path: '.type', expected: 'a type other than UNKNOWN, which crashes a Mesos master' };
}

/**
 * An agent asked to remove a standalone container that has ended aborts (`containerId.has_parent()` in
 * containerizer.cpp); it cleans up such containers by itself. Evidence: 06-operator.jsonl, lines 124 and 125, and
 * 06-operator-protobuf.jsonl, line 117. Of its sibling REMOVE_NESTED_CONTAINER nothing like this is known.
 */
function removalWithoutParent(call: Message): Problem | undefined {
  if (call.type !== 'REMOVE_CONTAINER') return undefined;
  const removal = call.remove_container as
    | { readonly container_id?: { readonly parent?: unknown } }
    | undefined;
  if (!removal?.container_id || removal.container_id.parent) return undefined;
  return {
    path: '.remove_container.container_id.parent',
    expected: 'the parent of a nested container: removing any other crashes a Mesos agent',
  };
}

const rules: ReadonlyMap<string, readonly ((call: Message) => Problem | undefined)[]> = new Map([
  ['mesos.v1.scheduler.Call', [unknownType]],
  ['mesos.v1.executor.Call', [unknownType]],
  ['mesos.v1.resource_provider.Call', [unknownType]],
  ['mesos.v1.master.Call', [unknownType]],
  ['mesos.v1.agent.Call', [unknownType, removalWithoutParent]],
]);

/**
 * Why this message, sound as it is, ends the process of a Mesos 1.11.0 master or agent; undefined for all others.
 * `name` is the message's full name.
 */
export function deadlyProblem(name: string, message: unknown): Problem | undefined {
  for (const rule of rules.get(name) ?? []) {
    const problem = rule(message as Message);
    if (problem) return problem;
  }
  return undefined;
}
