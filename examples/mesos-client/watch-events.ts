// Prints what happens in a cluster, until Ctrl-C: agents, frameworks and tasks that come, change and go.
//
//     node watch-events.ts 127.0.0.1:5050
//     node watch-events.ts zk://10.0.0.1:2181,10.0.0.2:2181/mesos
//
import { MasterClient, MesosError } from '@galaxy-mesos/mesos-client';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

try {
  await using master = new MasterClient({ master: process.argv[2] ?? '127.0.0.1:5050' });
  for await (const event of master.watch({ signal: interrupted.signal })) {
    switch (event.type) {
      case 'SUBSCRIBED': {
        const { get_agents, get_frameworks, get_tasks } = event.subscribed.get_state ?? {};
        const counts = [get_agents?.agents, get_frameworks?.frameworks, get_tasks?.tasks];
        const [agents, frameworks, tasks] = counts.map((list) => list?.length ?? 0);
        console.log(`${master.masterUrl}: ${agents} agents, ${frameworks} frameworks, ${tasks} tasks`);
        break;
      }
      case 'DISCONNECTED':
        console.log(`connecting again: ${event.reason.message}`);
        break;
      case 'AGENT_ADDED':
        console.log(`agent ${event.agent_added.agent.agent_info.hostname} has come`);
        break;
      case 'AGENT_REMOVED':
        console.log(`agent ${event.agent_removed.agent_id.value} is gone`);
        break;
      case 'FRAMEWORK_ADDED':
        console.log(`framework ${event.framework_added.framework.framework_info.name} has come`);
        break;
      case 'FRAMEWORK_REMOVED':
        console.log(`framework ${event.framework_removed.framework_info.name} is gone`);
        break;
      case 'TASK_ADDED':
        console.log(`task ${event.task_added.task.task_id.value} is launched`);
        break;
      case 'TASK_UPDATED':
        console.log(`task ${event.task_updated.status.task_id.value}: ${event.task_updated.status.state}`);
        break;
      default:
      // Heartbeats, and what a later Mesos tells.
    }
  }
} catch (error) {
  if (error instanceof MesosError && error.code === 'ABORTED') process.exitCode = 130;
  else {
    console.error(error instanceof MesosError ? error.message : error);
    process.exitCode = 1;
  }
}
