import com.netflix.fenzo.ConstraintEvaluator;
import com.netflix.fenzo.TaskRequest;
import com.netflix.fenzo.VMTaskFitnessCalculator;
import java.util.List;
import java.util.Map;

/** A task of the mix; compared by identity, as Fenzo's own requests are. */
final class MixTask implements TaskRequest {
  private final String id;
  private final String job;
  private final double cpus;
  private final double memory;
  private final List<ConstraintEvaluator> hardConstraints;
  private AssignedResources assigned;

  MixTask(String id, String job, double cpus, double memory, List<ConstraintEvaluator> hardConstraints) {
    this.id = id;
    this.job = job;
    this.cpus = cpus;
    this.memory = memory;
    this.hardConstraints = hardConstraints;
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public String taskGroupName() {
    return job;
  }

  @Override
  public double getCPUs() {
    return cpus;
  }

  @Override
  public double getMemory() {
    return memory;
  }

  @Override
  public double getNetworkMbps() {
    return 0;
  }

  @Override
  public double getDisk() {
    return 0;
  }

  @Override
  public int getPorts() {
    return 0;
  }

  @Override
  public Map<String, Double> getScalarRequests() {
    return Map.of();
  }

  @Override
  public Map<String, NamedResourceSetRequest> getCustomNamedResources() {
    return Map.of();
  }

  @Override
  public List<? extends ConstraintEvaluator> getHardConstraints() {
    return hardConstraints;
  }

  @Override
  public List<? extends VMTaskFitnessCalculator> getSoftConstraints() {
    return List.of();
  }

  @Override
  public void setAssignedResources(AssignedResources resources) {
    assigned = resources;
  }

  @Override
  public AssignedResources getAssignedResources() {
    return assigned;
  }
}
