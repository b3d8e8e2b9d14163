import com.netflix.fenzo.VirtualMachineLease;
import java.util.List;
import java.util.Map;
import org.apache.mesos.Protos;

/** What an agent has free: the whole agent at first, then what a round has left of it. */
record AgentLease(String id, String hostname, double cpuCores, double memoryMB, long getOfferedTime,
    Map<String, Protos.Attribute> getAttributeMap) implements VirtualMachineLease {

  AgentLease without(double cpus, double memory, String newId) {
    return new AgentLease(newId, hostname, cpuCores - cpus, memoryMB - memory, System.currentTimeMillis(),
        getAttributeMap);
  }

  boolean isEmpty() {
    return cpuCores <= 0 || memoryMB <= 0;
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public String getVMID() {
    return hostname;
  }

  @Override
  public double networkMbps() {
    return 0;
  }

  @Override
  public double diskMB() {
    return 0;
  }

  @Override
  public List<Range> portRanges() {
    return List.of();
  }

  @Override
  public Protos.Offer getOffer() {
    return Protos.Offer.getDefaultInstance();
  }

  @Override
  public Double getScalarValue(String name) {
    return null;
  }

  @Override
  public Map<String, Double> getScalarValues() {
    return Map.of();
  }
}
