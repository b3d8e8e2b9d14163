// `mesos-io-switchboard`: passes on the input and output of a container that clients may attach to. An
// agent starts one for each such container; all that it does is in the same shared library as the agent.
#include <csignal>
#include <limits>
#include <map>
#include <thread>
#include "rig.hpp"

namespace {

using Flags = std::map<std::string, std::string>;
using Nanoseconds = std::int64_t;
// Owned<T>, which holds its pointer in a shared place.
struct Owned { void** pointer; void* count; };
// Future<Nothing>: its state is 2 once it has failed.
struct FutureData { char lock; int state; };
struct Future { FutureData* data; void* count; ~Future() {} };

int wakeUp[2];

void onTerm(int) {
  if (write(wakeUp[1], "", 1) != 1) _exit(1);
}

// --name=value, as agents pass them.
Flags parse(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; i++) {
    const std::string flag = argv[i];
    const auto equals = flag.find('=');
    if (flag.compare(0, 2, "--") != 0 || equals == std::string::npos) {
      std::fprintf(stderr, "expected --name=value instead of %s\n", argv[i]);
      std::exit(2);
    }
    flags[flag.substr(2, equals - 2)] = flag.substr(equals + 1);
  }
  return flags;
}

const std::string& need(const Flags& flags, const char* name) {
  const auto found = flags.find(name);
  if (found == flags.end()) { std::fprintf(stderr, "--%s is missing\n", name); std::exit(2); }
  return found->second;
}

int number(const Flags& flags, const char* name) { return std::atoi(need(flags, name).c_str()); }

bool isOn(const Flags& flags, const char* name) { return flags.count(name) && flags.at(name) == "true"; }

rig::Option<Nanoseconds> duration(const Flags& flags, const char* name) {
  if (!flags.count(name)) return {};
  return rig::parseDuration(flags.at(name));
}

void* createServer(const Flags& flags) {
  auto create = rig::find<rig::Try<Owned> (*)(bool, int, int, int, int, int, const std::string&, bool,
                                               rig::Option<Nanoseconds>)>(
      "_ZN5mesos8internal5slave19IOSwitchboardServer6createEbiiiiiRKNSt7__cxx1112basic_stringIcSt11char_traitsIcE"
      "SaIcEEEb6OptionI8DurationE");
  static auto created = create(
      isOn(flags, "tty"), number(flags, "stdin_to_fd"), number(flags, "stdout_from_fd"),
      number(flags, "stdout_to_fd"), number(flags, "stderr_from_fd"), number(flags, "stderr_to_fd"),
      need(flags, "socket_address"), isOn(flags, "wait_for_connection"), duration(flags, "heartbeat_interval"));
  if (!created.data.none) return *created.data.value.pointer;
  std::fprintf(stderr, "%s\n", created.error.value.c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const auto flags = parse(argc, argv);
  auto finalize = rig::find<void (*)(bool)>("_ZN7process8finalizeEb");
  auto run = rig::find<Future (*)(void*)>("_ZN5mesos8internal5slave19IOSwitchboardServer3runEv");
  auto unblock = rig::find<Future (*)(void*)>("_ZN5mesos8internal5slave19IOSwitchboardServer7unblockEv");
  auto await = rig::find<bool (*)(const Future*, const Nanoseconds&)>(
      "_ZNK7process6FutureI7NothingE5awaitERK8Duration");
  auto failure = rig::find<const std::string& (*)(const Future*)>("_ZNK7process6FutureI7NothingE7failureEv");

  // An agent asks by SIGTERM to wait no more for a client to attach: the container has ended.
  if (pipe(wakeUp) != 0) { std::perror("pipe"); return 1; }
  signal(SIGTERM, onTerm);
  rig::initialize("", "");
  void* server = createServer(flags);
  std::thread([unblock, server] {
    char byte;
    while (read(wakeUp[0], &byte, 1) != 1) {}
    unblock(server);
  }).detach();

  Future finished = run(server);
  await(&finished, std::numeric_limits<Nanoseconds>::max());
  finalize(true);
  if (finished.data->state != 2) return 0;
  std::fprintf(stderr, "%s\n", failure(&finished).c_str());
  return 1;
}
