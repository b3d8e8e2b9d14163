import com.netflix.fenzo.ConstraintEvaluator;
import com.netflix.fenzo.plugins.BalancedHostAttrConstraint;
import com.netflix.fenzo.plugins.HostAttrValueConstraint;
import com.netflix.fenzo.plugins.UniqueHostAttrConstraint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.mesos.Protos;

/**
 * Agents and tasks as benchmarks/matcher/mix.ts writes them, a line each:
 * {@code agent ID CPUS MEMORY ZONE RACK} and {@code task ID JOB CPUS MEMORY RULE}.
 */
record Mix(List<AgentLease> leases, List<MixTask> tasks) {

  static Mix read(Path path) throws IOException {
    Reader reader = new Reader();
    for (String line : Files.readAllLines(path)) reader.add(line.split(" "));
    return new Mix(reader.leases, reader.tasks);
  }

  private static final class Reader {
    final List<AgentLease> leases = new ArrayList<>();
    final List<MixTask> tasks = new ArrayList<>();
    private final Map<String, Set<String>> jobs = new HashMap<>();
    private final Map<String, String> jobOfTask = new HashMap<>();
    private final Map<String, List<ConstraintEvaluator>> rules = new HashMap<>();

    void add(String[] words) {
      if (words[0].equals("agent")) addAgent(words);
      else addTask(words);
    }

    private void addAgent(String[] words) {
      String id = words[1];
      // Fenzo looks for the key null, which maps that cannot be changed refuse to do.
      Map<String, Protos.Attribute> attributes = new HashMap<>();
      attributes.put("zone", text("zone", words[4]));
      attributes.put("rack", text("rack", words[5]));
      leases.add(new AgentLease("lease-" + id, id, Double.parseDouble(words[2]), Double.parseDouble(words[3]),
          System.currentTimeMillis(), attributes));
    }

    private void addTask(String[] words) {
      String id = words[1];
      String job = words[2];
      jobOfTask.put(id, job);
      jobs.computeIfAbsent(job, name -> new HashSet<>()).add(id);
      tasks.add(new MixTask(id, job, Double.parseDouble(words[3]), Double.parseDouble(words[4]),
          rules.computeIfAbsent(words[5], this::constraintsOf)));
    }

    private List<ConstraintEvaluator> constraintsOf(String rule) {
      String[] parts = rule.split(":");
      return switch (parts[0]) {
        case "none" -> List.of();
        case "spread" -> List.of(new BalancedHostAttrConstraint(this::tasksOfJob, "zone", Integer.parseInt(parts[1])));
        case "unique" -> List.of(new UniqueHostAttrConstraint(this::tasksOfJob));
        case "rack" -> List.of(new HostAttrValueConstraint("rack", taskId -> parts[1]));
        default -> throw new IllegalArgumentException("no such rule: " + rule);
      };
    }

    private Set<String> tasksOfJob(String taskId) {
      return jobs.get(jobOfTask.get(taskId));
    }

    private static Protos.Attribute text(String name, String value) {
      return Protos.Attribute.newBuilder().setName(name).setType(Protos.Value.Type.TEXT)
          .setText(Protos.Value.Text.newBuilder().setValue(value)).build();
    }
  }
}
