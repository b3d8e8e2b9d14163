import com.netflix.fenzo.SchedulingResult;
import com.netflix.fenzo.TaskAssignmentResult;
import com.netflix.fenzo.TaskScheduler;
import com.netflix.fenzo.VMAssignmentResult;
import com.netflix.fenzo.VirtualMachineLease;
import com.netflix.fenzo.plugins.BinPackingFitnessCalculators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands the tasks of a mix to Fenzo, so many a round, each once, until all were tried or the time is up:
 * {@code FenzoRounds MIX GOOD_ENOUGH TASKS_PER_ROUND RUNS SECONDS}. Each run begins with empty agents; figures are
 * those of the last, when the virtual machine has compiled what there is to compile. Prints for each round of it
 * {@code round NANOSECONDS}, and for each task placed {@code placed TASK HOST}.
 */
public final class FenzoRounds {
  private final TaskScheduler scheduler;
  private final Mix mix;
  private final Map<String, AgentLease> leaseOf = new HashMap<>();
  private final StringBuilder output = new StringBuilder();
  private long leasesGiven;

  private FenzoRounds(Mix mix, double goodEnough) {
    this.mix = mix;
    for (AgentLease lease : mix.leases()) leaseOf.put(lease.hostname(), lease);
    // Offers are never given back here. With Fenzo's default it would look for such ones each round, in a time that
    // grows with the square of the agents: seconds where there are 10,000.
    scheduler = new TaskScheduler.Builder()
        .withMaxOffersToReject(0)
        .withFitnessCalculator(BinPackingFitnessCalculators.cpuBinPacker)
        .withFitnessGoodEnoughFunction(fitness -> fitness > goodEnough - 1e-9)
        .withLeaseOfferExpirySecs(1_000_000)
        .withLeaseRejectAction(lease -> {
          throw new IllegalStateException("refused " + lease.hostname());
        })
        .disableShortfallEvaluation()
        .build();
  }

  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    double goodEnough = Double.parseDouble(arguments[1]);
    int tasksPerRound = Integer.parseInt(arguments[2]);
    int runs = Integer.parseInt(arguments[3]);
    double seconds = Double.parseDouble(arguments[4]);
    for (int run = 1; run <= runs; run++) {
      FenzoRounds rounds = new FenzoRounds(Mix.read(path), goodEnough);
      rounds.run(tasksPerRound, System.nanoTime() + (long) (seconds * 1e9));
      rounds.scheduler.shutdown();
      if (run == runs) System.out.print(rounds.output);
    }
  }

  private void run(int tasksPerRound, long deadline) {
    List<VirtualMachineLease> leases = new ArrayList<>(mix.leases());
    List<MixTask> tasks = mix.tasks();
    for (int first = 0; first < tasks.size() && System.nanoTime() < deadline; first += tasksPerRound) {
      List<MixTask> batch = tasks.subList(first, Math.min(first + tasksPerRound, tasks.size()));
      long start = System.nanoTime();
      SchedulingResult result = scheduler.scheduleOnce(batch, leases);
      leases = settle(result);
      long nanoseconds = System.nanoTime() - start;
      output.append("round ").append(nanoseconds).append('\n');
      for (VMAssignmentResult assigned : result.getResultMap().values())
        for (TaskAssignmentResult task : assigned.getTasksAssigned())
          output.append("placed ").append(task.getTaskId()).append(' ').append(assigned.getHostname()).append('\n');
    }
  }

  /** Tells Fenzo that its tasks were launched; answers what is left of the agents, as a master would offer it. */
  private List<VirtualMachineLease> settle(SchedulingResult result) {
    if (!result.getExceptions().isEmpty()) throw new IllegalStateException(result.getExceptions().get(0));
    List<VirtualMachineLease> left = new ArrayList<>();
    for (VMAssignmentResult assigned : result.getResultMap().values()) {
      double cpus = 0;
      double memory = 0;
      for (TaskAssignmentResult task : assigned.getTasksAssigned()) {
        scheduler.getTaskAssigner().call(task.getRequest(), assigned.getHostname());
        cpus += task.getRequest().getCPUs();
        memory += task.getRequest().getMemory();
      }
      AgentLease old = leaseOf.get(assigned.getHostname());
      AgentLease lease = old.without(cpus, memory, "lease-" + ++leasesGiven);
      leaseOf.put(lease.hostname(), lease);
      if (!lease.isEmpty()) left.add(lease);
    }
    return left;
  }
}
