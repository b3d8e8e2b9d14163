// Mesos's local::launch makes masters that stand alone. Here the parts that make them so are replaced by those
// that a master of a cluster has: ZooKeeper says who leads, and the registry is a log that masters share.
#pragma once
#include "rig.hpp"

namespace rig {

constexpr auto appointLocalMaster =
    "_ZN5mesos6master8detector24StandaloneMasterDetector7appointERK6OptionINS_10MasterInfoEE";

// Future<T>, of which only the size matters, and that it is answered in memory of the caller's.
struct Future { void* data; void* count; ~Future() {} };

namespace elections {

using Nanoseconds = std::int64_t;

inline std::string url;
inline int quorum;
inline void* contender;

inline Option<Nanoseconds> sessionTimeout() {
  const char* flag = std::getenv("MESOS_ZK_SESSION_TIMEOUT");
  if (!flag) return {};
  return parseDuration(flag);
}

template <typename T> T orExit(const Try<T>& tried) {
  if (!tried.data.none) return tried.data.value;
  std::fprintf(stderr, "%s: %s\n", url.c_str(), tried.error.value.c_str());
  std::exit(1);
}

inline void* create(const char* factory) {
  using OptionString = Option<std::string>;
  return orExit(find<Try<void*> (*)(const OptionString&, const OptionString&, const Option<Nanoseconds>&)>(factory)(
      url, OptionString(), sessionTimeout()));
}

// In place of the constructor of StandaloneMasterDetector. Both kinds are a vptr and a pointer to a process.
inline void constructDetector(void* detector) {
  void* made = create(
      "_ZN5mesos6master8detector14MasterDetector6createERK6OptionINSt7__cxx1112basic_stringIcSt11char_traitsIcE"
      "SaIcEEEESC_RKS3_I8DurationE");
  std::memcpy(detector, made, 2 * sizeof(void*));
}

inline void appointNobody(void*, const void*) {}

inline void initializeContender(void*, const void* masterInfo) {
  contender = create(
      "_ZN5mesos6master9contender15MasterContender6createERK6OptionINSt7__cxx1112basic_stringIcSt11char_traitsIcE"
      "SaIcEEEESC_RKS3_I8DurationE");
  find<void (*)(void*, const void*)>(
      "_ZN5mesos6master9contender24ZooKeeperMasterContender10initializeERKNS_10MasterInfoE")(contender, masterInfo);
}

inline Future contend(void*) {
  return find<Future (*)(void*)>("_ZN5mesos6master9contender24ZooKeeperMasterContender7contendEv")(contender);
}

inline const char* localLog =
    "_ZN5mesos3log3LogC1EiRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEERKSt3setIN7process4UPIDESt4lessISC_"
    "ESaISC_EEbRK6OptionIS7_E";
inline Redirect* localLogRedirect;

// In place of the constructor of the log that local::launch makes, whose quorum is 1.
inline void constructLog(void* log, int, const std::string& folder, const void* replicas, bool initialize,
                         const Option<std::string>& metricsPrefix) {
  if (url.empty()) {
    localLogRedirect->undo();
    find<decltype(&constructLog)>(localLog)(log, quorum, folder, replicas, initialize, metricsPrefix);
    return;
  }
  // zk://SERVERS/PATH. Option<Authentication>: none.
  const auto slash = url.find('/', 5);
  static Opaque<256> nobody;
  nobody.bytes[0] = 1;
  const Nanoseconds timeout = sessionTimeout().none ? 10'000'000'000 : sessionTimeout().value;
  find<void (*)(void*, int, const std::string&, const std::string&, const Nanoseconds&, const std::string&, const void*,
                bool, const Option<std::string>&)>(
      "_ZN5mesos3log3LogC1EiRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES9_RK8DurationS9_RK6OptionIN9zookeep"
      "er14AuthenticationEEbRKSD_IS7_E")(log, quorum, folder, url.substr(5, slash - 5), timeout,
                                        url.substr(slash) + "/log_replicas", &nobody, initialize, metricsPrefix);
}

}  // namespace elections

// Masters and agents of this process take for their leader whom ZooKeeper says.
inline void detectByZooKeeper(const std::string& url) {
  elections::url = url;
  Redirect("_ZN5mesos6master8detector24StandaloneMasterDetectorC1Ev", elections::constructDetector);
  Redirect(appointLocalMaster, elections::appointNobody);
}

// The master of this process wants to lead. After detectByZooKeeper.
inline void contendByZooKeeper() {
  Redirect("_ZN5mesos6master9contender25StandaloneMasterContender10initializeERKNS_10MasterInfoE",
           elections::initializeContender);
  Redirect("_ZN5mesos6master9contender25StandaloneMasterContender7contendEv", elections::contend);
}

// The registry of masters is one log that so many of them have to write; of those that ZooKeeper tells. Without
// ZooKeeper there is one replica, and a master that needs more never finishes its recovery.
inline void replicateRegistry(int quorum) {
  elections::quorum = quorum;
  elections::localLogRedirect = new Redirect(elections::localLog, elections::constructLog);
}

}  // namespace rig
