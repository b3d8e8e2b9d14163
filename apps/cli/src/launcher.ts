/**
 * On an old Node, `bin/galaxy-mesos.js` starts the Node that npm brought and stands for it. If that is killed, so that
 * it can pass no signal on, this process must end like it, or a command that seems dead would go on unseen. The
 * channel between the two closes with the launcher, however that ends.
 */
export function endWithLauncher(): void {
  if (process.env.GALAXY_MESOS_LAUNCHER === undefined || !process.channel) return;
  delete process.env.GALAXY_MESOS_LAUNCHER;
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}
