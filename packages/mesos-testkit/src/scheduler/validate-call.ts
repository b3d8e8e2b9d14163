import type { scheduler } from '@galaxy-mesos/mesos-client';
import { badRequest, type PlainReply } from '../http/reply.ts';

/** Types of call that need no payload. */
const withoutPayload: ReadonlySet<string> = new Set(['TEARDOWN', 'REVIVE', 'SUPPRESS', 'UNKNOWN']);

const uuidBytes = 16;

/** Whether these are the bytes of a UUID of versions 1 to 5, as Mesos wants them. */
function isUuid(bytes: Uint8Array): boolean {
  const version = (bytes[6] ?? 0) >> 4;
  return bytes.length === uuidBytes && version >= 1 && version <= 5;
}

/** That the principal named and the one that authenticated are the same, where both are there. */
export function principalProblem(
  authenticated: string | undefined,
  named: string | undefined,
): string | undefined {
  if (authenticated === undefined || named === undefined || authenticated === named) return undefined;
  return `Authenticated principal '${authenticated}' does not match principal '${named}' set in \`FrameworkInfo\``;
}

function subscribeProblem(
  { framework_id, subscribe }: scheduler.Call,
  principal: string | undefined,
): string | undefined {
  if (!subscribe) return "Expecting 'subscribe' to be present";
  const { id, principal: named } = subscribe.framework_info;
  if (framework_id?.value !== id?.value) return "'framework_id' differs from 'subscribe.framework_info.id'";
  return principalProblem(principal, named);
}

function callProblem(call: scheduler.Call, principal: string | undefined): string | undefined {
  const { type } = call;
  if (type === undefined) return "Expecting 'type' to be present";
  if (type === 'SUBSCRIBE') return subscribeProblem(call, principal);
  if (!call.framework_id) return "Expecting 'framework_id' to be present";
  const payload = type.toLowerCase() as Lowercase<typeof type> & keyof scheduler.Call;
  if (!withoutPayload.has(type) && call[payload] === undefined) return `Expecting '${payload}' to be present`;
  const { uuid } = call.acknowledge ?? call.acknowledge_operation_status ?? {};
  return uuid && !isUuid(uuid) ? 'Not a valid UUID' : undefined;
}

/** What a master finds wrong in a call by looking at nothing else, as a 400. */
export function refuseCall(call: scheduler.Call, principal: string | undefined): PlainReply | undefined {
  const problem = callProblem(call, principal);
  return problem === undefined ? undefined : badRequest(`Failed to validate scheduler::Call: ${problem}`);
}
