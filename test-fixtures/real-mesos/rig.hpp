// What the programs of this rig share: they use the shared library of Mesos without its headers. Names
// are mangled ones; layouts are those of Mesos 1.11.0 as that library was compiled.
#pragma once
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

namespace rig {

inline void* library() {
  static void* handle = dlopen(RIG_LIBRARY, RTLD_LAZY | RTLD_GLOBAL);
  if (!handle) { std::fprintf(stderr, "%s\n", dlerror()); std::exit(1); }
  return handle;
}

template <typename F> F find(const char* name) {
  void* symbol = dlsym(library(), name);
  if (!symbol) { std::fprintf(stderr, "%s: %s\n", name, dlerror()); std::exit(1); }
  return reinterpret_cast<F>(symbol);
}

template <typename T> struct Option {
  Option() : none(1) {}
  Option(T some) : none(0), value(some) {}
  Option(const Option& other) : none(other.none) { if (!none) new (&value) T(other.value); }
  Option& operator=(const Option&) = delete;
  ~Option() { if (!none) value.~T(); }
  int none;
  union { T value; };
};

// Try<T>: of the two options one is none.
template <typename T> struct Try { Option<T> data; Option<std::string> error; };

// Room for an object of Mesos whose members do not matter here.
template <unsigned size> struct alignas(16) Opaque { char bytes[size]; };

// Makes every call of a function of the library arrive at another (x86-64: mov rax, to; jmp rax).
class Redirect {
 public:
  template <typename F> Redirect(const char* name, F* to) : from_(find<void*>(name)) {
    const long page = sysconf(_SC_PAGESIZE);
    auto start = reinterpret_cast<std::uintptr_t>(from_) & ~static_cast<std::uintptr_t>(page - 1);
    if (mprotect(reinterpret_cast<void*>(start), 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
      std::perror("mprotect");
      std::exit(1);
    }
    const void* target = reinterpret_cast<const void*>(to);
    std::memcpy(code_ + 2, &target, sizeof target);
    std::memcpy(original_, from_, sizeof original_);
    redo();
  }

  // Between the two, what stands in for a function can call it.
  void undo() { std::memcpy(from_, original_, sizeof original_); }
  void redo() { std::memcpy(from_, code_, sizeof code_); }

 private:
  void* from_;
  unsigned char code_[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
  unsigned char original_[12];
};

// Nanoseconds, from text such as 10secs. Not a duration: none.
inline Option<std::int64_t> parseDuration(const std::string& text) {
  return find<Try<std::int64_t> (*)(const std::string&)>(
      "_ZN8Duration5parseERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE")(text).data;
}

// Starts libprocess. The delegate is the process that answers for paths without a process name, if there is one. What
// libprocess answers itself, such as /metrics/snapshot, is asked a credential for as what changes something in the realm
// does, or what only reads.
inline void initialize(const std::string& delegate, const std::string& realm) {
  using OptionString = Option<std::string>;
  const auto option = [](const std::string& text) { return text.empty() ? OptionString() : OptionString(text); };
  const auto in = [&](const std::string& kind) { return option(realm.empty() ? realm : realm + kind); };
  const OptionString named = option(delegate), writing = in("-readwrite"), reading = in("-readonly");
  find<bool (*)(const OptionString&, const OptionString&, const OptionString&)>(
      "_ZN7process10initializeERK6OptionINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEES9_S9_")(named, writing, reading);
}

}  // namespace rig
