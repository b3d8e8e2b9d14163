/**
 * What queue commands are told of the launcher's environment. Several systems hand all that they are told to the batch
 * job, where its tasks can read it; of a daemon, that may be secrets. So it is what people are known by, where programs
 * and modules are found, and what the commands themselves need.
 */
const handedOn: readonly RegExp[] = [
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_[A-Z]+_(?:HOME|DIR))$/,
  // Environment modules and Lmod, which are functions of the shell.
  /^(?:BASH_ENV|MODULE[A-Z_]*|LOADEDMODULES|_LMFILES_|LMOD_\w+|__LMOD_\w+|_ModuleTable\w*)$/,
  /^BASH_FUNC_(?:module|_module_raw|ml|switchml)(?:%%|\(\))$/,
  /^(?:CUDA|ROCR|HIP)_VISIBLE_DEVICES$/,
  // The queueing systems: where they are, and by what they know their users.
  /^(?:SLURM_CONF\w*|SLURM_JWT|SGE_\w+|PBS_\w+|LS[FB]_\w+|EGO_\w+|_?CONDOR_\w+)$/,
  /^(?:SSH_AUTH_SOCK|SSH_AGENT_PID|KRB5CCNAME|X509_USER_PROXY|BEARER_TOKEN_FILE)$/,
  /^GALAXY_MESOS_CLUSTERS$/,
];

/** What of an environment queue commands, and so batch jobs, are told. */
export const queueEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => handedOn.some((pattern) => pattern.test(name))),
  );
