import type { Fault, Message } from '../network.ts';
import type { Random } from '../random.ts';

/** Which of the messages that a fault is about it strikes. */
export interface FaultOptions {
  /** With this probability. Default 1. */
  readonly probability?: number;
  /** So often, and then no more. Default: always. */
  readonly times?: number;
  /** Passes over so many of them first. */
  readonly after?: number;
  /** Between two moments of virtual time, in seconds. */
  readonly fromSeconds?: number;
  readonly untilSeconds?: number;
  /** Where chance comes from; needed for probabilities below 1. */
  readonly random?: Random;
}

/** What is true of the messages that a fault is about. */
export type MessagePattern = { readonly [Field in keyof Message]?: Message[Field] };

const matches = (message: Message, pattern: MessagePattern): boolean =>
  Object.entries(pattern).every(([field, value]) => message[field as keyof Message] === value);

/** Decides for each message in turn whether it is struck. */
function striker({
  probability = 1,
  times = Number.POSITIVE_INFINITY,
  after = 0,
  random,
  ...when
}: FaultOptions) {
  const { fromSeconds = 0, untilSeconds = Number.POSITIVE_INFINITY } = when;
  if (probability < 1 && !random) throw new TypeError('a probability below 1 needs `random`');
  let left = times;
  let toPass = after;
  return (now: number): boolean => {
    if (left === 0 || now < fromSeconds * 1000 || now > untilSeconds * 1000) return false;
    if (probability < 1 && !random?.chance(probability)) return false;
    if (toPass-- > 0) return false;
    left--;
    return true;
  };
}

/** A fault of messages that match; `fates` are the delays of each copy, in milliseconds. */
function faultOf(
  name: string,
  pattern: MessagePattern,
  options: FaultOptions,
  fates: (message: Message) => readonly number[],
): Fault {
  const strikes = striker(options);
  return {
    name,
    fates: (message, now) => (matches(message, pattern) && strikes(now) ? fates(message) : undefined),
  };
}

const lost: readonly number[] = [];

/** They never arrive. */
export const lose = (pattern: MessagePattern, options: FaultOptions = {}): Fault =>
  faultOf('lose', pattern, options, () => lost);

/** They arrive `copies` times (default 2), each copy `apartSeconds` after the one before. */
export const duplicate = (
  pattern: MessagePattern,
  {
    copies = 2,
    apartSeconds = 0,
    ...options
  }: FaultOptions & { copies?: number; apartSeconds?: number } = {},
): Fault => {
  const delays = Array.from({ length: copies }, (_, copy) => copy * apartSeconds * 1000);
  return faultOf('duplicate', pattern, options, () => delays);
};

/** They arrive so much later; those behind them pass them. */
export const delay = (pattern: MessagePattern, seconds: number, options: FaultOptions = {}): Fault =>
  faultOf('delay', pattern, options, () => [seconds * 1000]);

/** Each arrives at a random moment within so long, and so in any order. */
export const reorder = (
  pattern: MessagePattern,
  withinSeconds: number,
  { random, ...options }: FaultOptions & { readonly random: Random },
): Fault =>
  faultOf('reorder', pattern, { random, ...options }, () => [random.between(0, withinSeconds * 1000)]);

/** Something else happens at the moment at which such a message is sent, and the message is lost, or not. */
export const whenSent = (
  pattern: MessagePattern,
  action: (message: Message) => 'passes' | 'is lost',
  options: FaultOptions = {},
): Fault => faultOf('when sent', pattern, options, (message) => (action(message) === 'passes' ? [0] : lost));

/** Updates on their way from agents to the master, which agents send again. */
export const updates: MessagePattern = { hop: 'agent-to-master', type: 'UPDATE' };
/** Updates on their way from the master to a scheduler. */
export const updatesToScheduler: MessagePattern = { hop: 'master-to-scheduler', type: 'UPDATE' };
/** Acknowledgements on their way to agents. */
export const acknowledgements: MessagePattern = { hop: 'master-to-agent', type: 'ACKNOWLEDGE' };
/** Launches that the master has taken, on their way to agents. */
export const launches: MessagePattern = { hop: 'master-to-agent', type: 'LAUNCH' };
/** Calls of one type, on their way to the master. */
export const calls = (type: string): MessagePattern => ({ hop: 'scheduler-to-master', type });
/** The answers to calls of one type, which have taken effect. */
export const answers = (type: string): MessagePattern => ({ hop: 'answer', type });
