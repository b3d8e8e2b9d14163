/**
 * What went wrong, as far as a program needs to tell it apart.
 *
 * | code | meaning | what to do |
 * |---|---|---|
 * | INVALID_MASTER_URL | the address of a master or an agent cannot be read | correct it |
 * | ZOOKEEPER_REFUSED | ZooKeeper does not let us in or read below the path of `zk://` | correct the credential or the path |
 * | MASTER_NOT_READY | no leader is elected yet, or it still recovers | sessions ask again; see `patience` of clients |
 * | MASTER_UNREACHABLE | no master took the subscription within the time allowed | see the reason per address |
 * | UNAUTHENTICATED | 401: no credential, or a wrong one | give the right `credential` |
 * | CREDENTIAL_UNAVAILABLE | the function that supplies the credential threw, or no header may hold it | see `cause` |
 * | TLS_REFUSED | certificates do not fit: the server's is not trusted, or it wants one of ours | see `tls` |
 * | PRINCIPAL_MISMATCH | the credential is that of another principal than the framework's | make them agree |
 * | SUBSCRIPTION_REFUSED | the master will not have this framework: bad role, not authorised, ... | see its words |
 * | FRAMEWORK_FAILED_OVER | another scheduler subscribed with the same framework id | let that one work |
 * | FRAMEWORK_REMOVED | the framework was torn down or its `failover_timeout` ran out | a new id is needed |
 * | REDIRECT_LOOP | masters sent us in a circle, as for seconds around an election; sessions try again | look at their addresses |
 * | NOT_CONNECTED | there is no subscription, or no connection for calls could be made; the call was not sent | wait for SUBSCRIBED |
 * | SESSION_LOST | the master refused the call since our subscription is over; it had no effect | wait for SUBSCRIBED |
 * | CALL_FATE_UNKNOWN | the connection broke after the call may have arrived | reconcile; the client never resends |
 * | CALL_REFUSED | the master or agent answered with an error status | see `status` and `answer` |
 * | CONNECTION_LOST | the event stream ended or fell silent (as a reason of DISCONNECTED) | none: it connects again |
 * | UNEXPECTED_ANSWER | something that is not Mesos answered, or in a form unknown to this client | check the address |
 * | INVALID_MESSAGE | a message to be sent lacks a field, or has one too many or of a wrong type | correct it |
 * | MALFORMED_MESSAGE | bytes received are not such a message | report it |
 * | MALFORMED_RECORD | a stream of records is broken or was cut | report it |
 * | RECORD_TOO_LARGE | a record, or the answer to a call of an operator, is longer than the limit | raise `maximumRecordBytes` |
 * | NOT_AN_EXECUTOR | the environment of an executor (MESOS_*) is missing or wrong | start it from Mesos |
 * | EXECUTOR_REFUSED | the agent does not know this executor, or not any more | end the process |
 * | RECOVERY_TIMED_OUT | the agent did not come back within the executor's recovery timeout | end the process |
 * | SESSION_CLOSED | the session was closed meanwhile | none |
 * | ABORTED | the `AbortSignal` fired | none |
 */
export type MesosErrorCode =
  | 'INVALID_MASTER_URL'
  | 'ZOOKEEPER_REFUSED'
  | 'MASTER_NOT_READY'
  | 'MASTER_UNREACHABLE'
  | 'UNAUTHENTICATED'
  | 'CREDENTIAL_UNAVAILABLE'
  | 'TLS_REFUSED'
  | 'PRINCIPAL_MISMATCH'
  | 'SUBSCRIPTION_REFUSED'
  | 'FRAMEWORK_FAILED_OVER'
  | 'FRAMEWORK_REMOVED'
  | 'REDIRECT_LOOP'
  | 'NOT_CONNECTED'
  | 'SESSION_LOST'
  | 'CALL_FATE_UNKNOWN'
  | 'CALL_REFUSED'
  | 'CONNECTION_LOST'
  | 'UNEXPECTED_ANSWER'
  | 'INVALID_MESSAGE'
  | 'MALFORMED_MESSAGE'
  | 'MALFORMED_RECORD'
  | 'RECORD_TOO_LARGE'
  | 'NOT_AN_EXECUTOR'
  | 'EXECUTOR_REFUSED'
  | 'RECOVERY_TIMED_OUT'
  | 'SESSION_CLOSED'
  | 'ABORTED';

/** What is known beside the code and the message. */
export interface MesosErrorDetails {
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
  /** Type of the call that failed, such as ACCEPT. */
  readonly callType?: string;
  /** The master's or agent's own words. */
  readonly answer?: string;
  /** Which of our settings is wrong, such as `credential` or `framework.roles`, where that is known. */
  readonly setting?: string;
  readonly cause?: unknown;
}

/** The one error of this package: thrown, or told in the events DISCONNECTED and FAILED. */
export class MesosError extends Error {
  override readonly name = 'MesosError';
  readonly code: MesosErrorCode;
  readonly status: number | undefined;
  readonly callType: string | undefined;
  readonly answer: string | undefined;
  readonly setting: string | undefined;

  constructor(code: MesosErrorCode, message: string, details: MesosErrorDetails = {}) {
    super(`[${code}] ${message}`, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.callType = details.callType;
    this.answer = details.answer;
    this.setting = details.setting;
  }

  /** The error itself if it is one of this package, else one of a connection that was lost for this reason. */
  static from(error: unknown): MesosError {
    if (error instanceof MesosError) return error;
    const words = error instanceof Error ? error.message : String(error);
    return new MesosError('CONNECTION_LOST', words, { cause: error });
  }
}
