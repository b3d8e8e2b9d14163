/** The fields of /proc/PID/stat that are used here; proc_pid_stat(5) numbers them. */
export interface ProcessStat {
  readonly pid: number;
  /** One letter: `R` running, `S` sleeping, `Z` dead and not yet waited for, ... */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** Ticks since the machine was started; kept as text because it is only compared. */
  readonly startTime: string;
  readonly residentPages: number;
}

/** Reads a line of /proc/PID/stat, `undefined` if it is none. */
export const parseProcessStat = (line: string): ProcessStat | undefined => {
  // The second field is the program's name in brackets, and the name may contain blanks and brackets.
  const end = line.lastIndexOf(')');
  const start = line.indexOf(' (');
  if (start < 0 || end < start) return undefined;
  const fields = line.slice(end + 2).split(' ');
  const [state, , group, session] = fields;
  const [startTime, , residentPages] = fields.slice(19);
  if (state === undefined || startTime === undefined || residentPages === undefined) return undefined;
  return {
    pid: Number(line.slice(0, start)),
    state,
    group: Number(group),
    session: Number(session),
    startTime,
    residentPages: Number(residentPages),
  };
};

/** Whether the process still does anything; a zombie only waits for its parent to take notice. */
export const isLive = (stat: ProcessStat): boolean => stat.state !== 'Z' && stat.state !== 'X';
