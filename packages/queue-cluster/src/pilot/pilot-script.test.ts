import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMasterScript } from '../master/index.ts';
import { type PilotScriptOptions, renderPilotScript } from './index.ts';

const options: PilotScriptOptions = {
  cluster: 'test',
  pool: 'small',
  pilot: 'gm-test-small-abcdefgh',
  dialect: 'slurm',
  clusterDirectory: '/clusters/test',
  pilotDirectory: '/clusters/test/pilots/gm-test-small-abcdefgh',
  token: 'token',
  agent: ['mesos-agent'],
  setup: ['module load mesos'],
  agentFlags: ['--no-systemd_enable_support'],
  accessDirectory: '/clusters/test/access',
  cpus: 8,
  memMb: 32768,
  agentMemMb: 0,
  gpus: 0,
  walltimeSeconds: 3600,
  attributes: { rack: 'a' },
  idleSeconds: 600,
  hardMarginSeconds: 60,
  warningSeconds: 60,
};

const masterScript = renderMasterScript({
  cluster: 'test',
  name: 'gm-test-_master-abcdefgh',
  dialect: 'slurm',
  clusterDirectory: '/clusters/test',
  directory: '/clusters/test/master',
  token: 'token',
  program: ['mesos-master'],
  setup: [],
  flags: [],
  accessDirectory: '/clusters/test/access',
  walltimeSeconds: 3600,
  hardMarginSeconds: 60,
  warningSeconds: 60,
});

const bash = (script: string, environment: Record<string, string> = {}) =>
  spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment },
  });

/** The script's functions and settings without its start, then other lines. */
const within = (script: string, lines: string): string =>
  `${script.replace(/\nwork_and_listen\n$/, '\n')}\n${lines}`;

/** For tests that start many programs, on a machine that may have others to run. */
const generous = { timeout: 60_000 };

const hostile = fc.oneof(
  fc.constantFrom(
    "a'b",
    '$(exit 9)',
    '`exit 9`',
    'a\nexit 9\n',
    '"; exit 9; "',
    '\\',
    "'\\''",
    '-n',
    'a b*',
    '!!',
  ),
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
);

describe('the scripts of pilots and masters', generous, () => {
  it.each([
    ['pilot', renderPilotScript(options)],
    ['master', masterScript],
  ])('are bash that bash and shellcheck have nothing against: %s', (_, script) => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    const checked = spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' });
    // Not everybody has it.
    if (checked.error === undefined) expect(checked.stdout).toBe('');
  });

  it('hold names, paths, flags and queues as they are, and run nothing of them', () => {
    const settings =
      'printf "%s\\0" "$cluster" "$directory" "$token" "$image" "$scratch" "\u0024{program[@]}" "\u0024{program_flags[@]}"';
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 7, maxLength: 7 }), (texts) => {
        const [cluster, pilotDirectory, token, image, scratch, agent, flag] = texts as [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ];
        const script = renderPilotScript({
          ...options,
          ...{ cluster, pilotDirectory, token, image, scratch, agent: [agent], agentFlags: [flag] },
          pool: token,
          queue: token,
          attributes: { [image]: flag },
        });
        const { status, stdout } = bash(within(script, settings));
        expect(stdout).toBe(texts.map((text) => `${text}\0`).join(''));
        expect(status).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['slurm', { SLURM_CPUS_ON_NODE: '4', SLURM_MEM_PER_CPU: '100', NSLOTS: '7' }, '4 400 0'],
    ['slurm', { SLURM_CPUS_ON_NODE: '16', SLURM_MEM_PER_NODE: '600' }, '16 600 0'],
    ['slurm', { SLURM_CPUS_ON_NODE: 'x$(exit 9)' }, '8 700 0'],
    ['sge', { NSLOTS: '6' }, '6 700 0'],
    ['pbs', { NCPUS: '5' }, '5 700 0'],
    ['torque', { PBS_NUM_PPN: '3' }, '3 700 0'],
    ['lsf', { LSB_DJOB_NUMPROC: '2' }, '2 700 0'],
    ['htcondor', { OMP_NUM_THREADS: '2', CUDA_VISIBLE_DEVICES: '10000' }, '2 700 0'],
    ['shell', { CUDA_VISIBLE_DEVICES: '0,1' }, '8 700 0'],
  ] as const)('take what %s has given by %j: cores, MiB and GPUs %s', (dialect, given, expected) => {
    const script = renderPilotScript({ ...options, dialect, memMb: 700 });
    // The machine that runs the test has a limit of its own, which may be less.
    const lines = 'cgroup_mem_mb() { return 1; }\nscratch=/tmp read_allocation\necho "$cpus $mem_mb $gpus"';
    expect(bash(within(script, lines), given).stdout.trim()).toBe(expected);
  });

  it.each([
    [1000, '7000'],
    [9000, '1'],
  ])('keep %d MiB for the agent, of 8000 that there are', (agentMemMb, expected) => {
    const script = renderPilotScript({ ...options, memMb: 8000, agentMemMb });
    const lines = 'cgroup_mem_mb() { return 1; }\nscratch=/tmp read_allocation\necho "$mem_mb"';
    expect(bash(within(script, lines)).stdout.trim()).toBe(expected);
  });

  it.each([
    ['10.0.0.1 dev eth0 src 10.0.0.7', '10.0.0.7', '10.0.0.1:5050', 'yes'],
    ['10.0.0.1 via 10.1.1.1 dev eth0 src 10.0.0.7', '10.0.0.7', '10.0.0.1:5050', 'no'],
    ['10.0.0.1 dev eth0 src 10.0.0.7', '10.9.9.9', '10.0.0.1:5050', 'no'],
    ['local 10.0.0.7 dev lo src 10.0.0.7', '10.0.0.7', '10.0.0.7:5050', 'yes'],
    ['local 10.0.0.8 dev lo src 10.0.0.7', '10.0.0.7', '10.0.0.8:5050', 'no'],
    ['10.0.0.1 dev eth0 src 10.0.0.7', '10.0.0.7', 'zk://a/mesos', 'no'],
  ])(
    'know their master by its address: route %j, own address %s, master %s: %s',
    (route, ip, master, known) => {
      const tools = `ip() { echo "${route}"; }\ngetent() { echo "\u0024{2} STREAM"; }`;
      const lines = `${tools}\nip=${ip} master=${master}\nknows_peers && echo yes || echo no`;
      expect(bash(within(renderPilotScript(options), lines)).stdout.trim()).toBe(known);
    },
  );

  it.each([
    ['--[no-]authenticate_http_executors', '--authenticate_http_executors --jwt_secret_key=/key'],
    ['--port=VALUE', ''],
  ])('have executors show tokens where the agent can do that: with %s', (help, expected) => {
    const script = renderPilotScript({ ...options, executorKey: '/key' });
    const lines = [
      `agent() { echo "${help}"; }; timeout() { shift; "$@"; }`,
      'command=(agent) ends=9999 queue= attributes= cpus=1 mem_mb=1 disk_mb=1 gpus=0 work=/w',
      'find_flags >/dev/null',
      'for flag in "\u0024{flags[@]}"; do case $flag in *executors | *jwt*) printf "%s " "$flag" ;; esac; done',
    ];
    expect(bash(within(script, lines.join('\n'))).stdout.trim()).toBe(expected);
  });

  it.each([
    [undefined, 'cpus:1;mem:1;disk:1;ports:[];gpus:0'],
    ['31000-31009', 'cpus:1;mem:1;disk:1;ports:[31000-31009];gpus:0'],
  ])(
    'offer the ports that they are told to, else none, for pilots of one node would offer the same: %s',
    (ports, expected) => {
      const script = renderPilotScript({ ...options, ...(ports !== undefined && { ports }) });
      const lines = [
        'command=(agent) ends=9999 queue= attributes= cpus=1 mem_mb=1 disk_mb=1 gpus=0 work=/w',
        'find_flags >/dev/null',
        'for flag in "\u0024{flags[@]}"; do case $flag in --resources=*) echo "\u0024{flag#*=}" ;; esac; done',
      ];
      expect(bash(within(script, lines.join('\n'))).stdout.trim()).toBe(expected);
    },
  );

  it('ask their agent with a credential that no list of processes shows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pilot-script-'));
    writeFileSync(join(folder, 'authorization'), 'Authorization: Basic c2VjcmV0\n');
    const asked: (string | undefined)[] = [];
    let shown = '';
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      shown += execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
      response.end(
        '{"slave\\/executors_registering":0,"slave\\/executors_running":2,"slave\\/executors_terminating":1}',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const script = renderPilotScript({ ...options, accessDirectory: folder });
    const lines = `agent_host=127.0.0.1 agent_port=${port} work=/none\ncount_executors`;
    const { stdout } = await promisify(execFile)('bash', ['-c', within(script, lines)]);
    server.close();
    rmSync(folder, { recursive: true });
    expect(stdout.trim()).toBe('3');
    expect(asked).toEqual(['Basic c2VjcmV0']);
    expect(shown).not.toContain('c2VjcmV0');
  });

  it.each([
    ['$TMPDIR', '/t m/p'],
    ['/x/$USER_1/\u0024{TMPDIR}', '/x/u//t m/p'],
    ['\u0024{NONE:-/tmp}/a', '/tmp/a'],
    ['$(exit 9)`exit 9`', '$(exit 9)`exit 9`'],
  ])('put variables into the name of the scratch space, and nothing else: %s', (scratch, expected) => {
    const script = renderPilotScript({ ...options, scratch });
    const { stdout } = bash(within(script, 'expand "$scratch"'), { TMPDIR: '/t m/p', USER_1: 'u' });
    expect(stdout).toBe(expected);
  });

  it('name the variable of the scratch space that is not set, instead of going without', () => {
    const script = renderPilotScript({ ...options, scratch: '$SCRATCH/pilots' });
    const { stdout } = bash(within(script, 'expand "$scratch" || echo " is missing"'), {});
    expect(stdout.trim()).toBe('SCRATCH is missing');
  });

  it('hand tasks an environment that is JSON, whatever is in it', () => {
    const given = { CUDA_VISIBLE_DEVICES: 'a"b\\c', LD_LIBRARY_PATH: 'x\ny', HOME: '/root' };
    const { stdout } = bash(within(renderPilotScript(options), 'work=/w\ntask_environment'), given);
    expect(JSON.parse(stdout)).toMatchObject({
      TMPDIR: '/w/tmp',
      CUDA_VISIBLE_DEVICES: 'a"b\\c',
      HOME: '/root',
    });
    expect(JSON.parse(stdout)).not.toHaveProperty('LD_LIBRARY_PATH');
  });
});
